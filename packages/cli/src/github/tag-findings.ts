// Tags of releases: evidence without age, as long as nobody can move or remove them.
import { type Findings, found, together, unseenBy } from './finding.js';
import type { Reader } from './reader.js';
import { matchesReference } from './reference-pattern.js';

interface Ruleset {
  readonly id: number;
  readonly enforcement: string;
  readonly conditions?: {
    readonly ref_name?: { readonly include?: readonly string[]; readonly exclude?: readonly string[] };
  };
  readonly rules?: readonly { readonly type: string }[];
}

const sample = 'refs/tags/v1.2.3';
const needed = ['update', 'deletion'];

export async function tagFindings(reader: Reader): Promise<Findings> {
  const listed = await reader.list<Ruleset>('GET /repos/{owner}/{repo}/rulesets', { targets: 'tag' });
  if (listed.kind !== 'seen')
    return unseenBy('rulesets of tags', listed.kind === 'unseen' ? listed.needs : 'metadata: read');
  const active = listed.value.filter(({ enforcement }) => enforcement === 'active');
  const read = await Promise.all(
    active.map(({ id }) =>
      reader.read<Ruleset>('GET /repos/{owner}/{repo}/rulesets/{ruleset_id}', { ruleset_id: id }),
    ),
  );
  const hidden = read.find((answer) => answer.kind === 'unseen');
  if (hidden !== undefined) return together([unseenBy('the rulesets of tags', hidden.needs)]);
  const covering = read.flatMap((answer) =>
    answer.kind === 'seen' && covers(answer.value) ? [answer.value] : [],
  );
  const types = covering.flatMap(({ rules = [] }) => rules).map(({ type }) => type);
  const missing = needed.filter((type) => !types.includes(type));
  if (missing.length === 0) return found();
  return found({
    severity: 'warning',
    subject: 'tags v*',
    expected:
      'a ruleset that restricts updates and deletions: such a tag is evidence for a rollback without age',
    found: covering.length === 0 ? 'none' : `one that leaves out ${missing.join(' and ')}`,
    page: `${reader.page}/settings/rules`,
    command: null,
  });
}

function covers({ conditions }: Ruleset): boolean {
  const { include = [], exclude = [] } = conditions?.ref_name ?? {};
  const matches = (pattern: string): boolean => pattern === '~ALL' || matchesReference(pattern, sample);
  return include.some(matches) && !exclude.some(matches);
}
