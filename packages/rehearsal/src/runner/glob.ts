// File globs of actions (`*`, `**`, `?`, `[…]`) as regular expressions.

/** Matches a whole path with `/`; a `**` segment is any number of folders, none included. */
export function globExpression(pattern: string): RegExp {
  const segments = pattern.split('/').map((segment, index, all) => {
    const last = index === all.length - 1;
    if (segment === '**') return last ? '.*' : '(?:[^/]+/)*';
    const body = segment.replace(/\[[^\]]+\]|\*+|\?|[.+^${}()|[\]\\]/gu, (part) => {
      if (part.startsWith('[') && part.length > 2) return part;
      if (part.startsWith('*')) return '[^/]*';
      return part === '?' ? '[^/]' : `\\${part}`;
    });
    return last ? body : `${body}/`;
  });
  return new RegExp(`^${segments.join('')}$`, 'su');
}

/** Whether a text is a pattern at all. */
export function isGlob(text: string): boolean {
  return /[*?[]/u.test(text);
}
