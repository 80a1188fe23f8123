// GitHub's filter patterns for branches, tags and paths.

const special = /[\\^$.|()[\]{}]/u;

/**
 * The regular expression of a pattern. `*` stops at `/`, `**` does not, `?` makes the former character
 * optional, `+` repeats it, `[…]` is a class, `\` escapes.
 * Source: docs.github.com, "Workflow syntax", filter pattern cheat sheet.
 */
export function patternExpression(pattern: string): RegExp {
  let source = '';
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern.charAt(index);
    if (character === '*') {
      if (pattern.charAt(index + 1) !== '*') {
        source += '[^/]*';
        continue;
      }
      index += 1;
      const atStart = index === 1 || pattern.charAt(index - 2) === '/';
      if (atStart && pattern.charAt(index + 1) === '/') {
        source += '(?:.*/)?';
        index += 1;
      } else source += '.*';
    } else if (character === '[') {
      const end = pattern.indexOf(']', index + 1);
      if (end === -1) source += '\\[';
      else {
        source += `[${pattern.slice(index + 1, end).replaceAll('\\', '\\\\')}]`;
        index = end;
      }
    } else if (character === '\\') {
      index += 1;
      source += pattern.charAt(index).replace(/[\\^$.*+?|()[\]{}]/u, '\\$&');
    } else if (character === '?' || character === '+') source += source === '' ? `\\${character}` : character;
    else source += special.test(character) ? `\\${character}` : character;
  }
  return new RegExp(`^${source}$`, 'su');
}

/** Whether the last matching pattern is a positive one; `!` negates. */
export function matchesPatterns(patterns: readonly string[], value: string): boolean {
  let matched = false;
  for (const pattern of patterns) {
    if (pattern.startsWith('!')) {
      if (patternExpression(pattern.slice(1)).test(value)) matched = false;
    } else if (patternExpression(pattern).test(value)) matched = true;
  }
  return matched;
}
