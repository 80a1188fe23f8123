// Patterns of rulesets and environments: `*` stays inside one part of a name, `**` crosses slashes.
// Source: https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/creating-rulesets-for-a-repository#using-fnmatch-syntax

export function matchesReference(pattern: string, name: string): boolean {
  const source = pattern.replace(/\*\*\/?|\*|\?|[.+^${}()|[\]\\]/gu, (part) => {
    if (part.startsWith('**')) return '.*';
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : `\\${part}`;
  });
  return new RegExp(`^${source}$`, 'u').test(name);
}
