// Whether rules keep a tag where it was set: what it says then counts as long as it is there.
import type { GitHub } from './github.js';
import { matchesRefPattern } from './ref-pattern.js';

interface Listed {
  readonly id: number;
  readonly enforcement: string;
  readonly target?: string;
}

interface Ruleset extends Listed {
  readonly conditions?: {
    readonly ref_name?: { readonly include?: readonly string[]; readonly exclude?: readonly string[] };
  } | null;
  readonly rules?: readonly { readonly type: string }[];
}

/** Who may make, move or delete a tag must be limited: each of these without the others lets anybody say anything. */
const guarding = ['creation', 'update', 'deletion'] as const;

/**
 * The guarding rules that no active ruleset puts on a tag, in words; empty when it is protected. The rules for tags
 * are asked for one ruleset at a time, because a list leaves them out, and for tags GitHub has no such question as
 * `GET /rules/branches/{branch}`. Needs `contents: read` at most: rules are metadata.
 * Source: https://docs.github.com/rest/repos/rules
 */
export async function missingTagRules(github: GitHub, tag: string): Promise<readonly string[]> {
  const listed = await github.paginate<Listed>('GET /repos/{owner}/{repo}/rulesets', {
    includes_parents: true,
    targets: 'tag',
  });
  const found = new Set<string>();
  for (const { id, enforcement } of listed) {
    if (enforcement !== 'active') continue;
    const route = 'GET /repos/{owner}/{repo}/rulesets/{ruleset_id}';
    const { data } = await github.request<Ruleset>(route, { ruleset_id: id, includes_parents: true });
    if (!covers(data, `refs/tags/${tag}`)) continue;
    for (const { type } of data.rules ?? []) found.add(type);
  }
  return guarding.filter((rule) => !found.has(rule));
}

function covers({ conditions }: Ruleset, ref: string): boolean {
  const { include = [], exclude = [] } = conditions?.ref_name ?? {};
  const matches = (pattern: string): boolean => pattern === '~ALL' || matchesRefPattern(pattern, ref);
  return include.some(matches) && !exclude.some(matches);
}
