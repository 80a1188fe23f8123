// CODEOWNERS: whose review a change needs. The last line that matches decides.
// Source: https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners

/** Owners of a path; empty where nobody owns it. */
export function ownersOf(text: string, path: string): readonly string[] {
  let owners: readonly string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [pattern, ...words] = line
      .replace(/(?:^|\s)#.*$/, '')
      .trim()
      .split(/\s+/);
    if (pattern === undefined || pattern === '' || !matchesOwned(pattern, path)) continue;
    owners = words;
  }
  return owners;
}

function matchesOwned(pattern: string, path: string): boolean {
  // Negation and classes do not work in this file.
  if (/^!|[[\]]/.test(pattern)) return false;
  const inner = pattern.replace(/^\/+/, '').replace(/\/+$/, '');
  const anchored = pattern.startsWith('/') || inner.includes('/');
  const source = inner.replace(/\*\*\/|\/\*\*$|\*\*|\*|\?|[.+^${}()|\\]/g, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '/**') return '/.*';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : `\\${part}`;
  });
  // A folder covers what lies in it; `docs/*` covers only the files right there.
  const below = pattern.endsWith('/') ? '/.*' : /\*$/.test(inner) && inner.includes('/') ? '' : '(?:/.*)?';
  return new RegExp(`^${anchored ? '' : '(?:.*/)?'}${source}${below}$`).test(path);
}
