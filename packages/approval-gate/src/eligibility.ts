// Whether the people who may approve are enough, before anybody is asked.
import { failure } from './failures.js';
import { type Group, key, listedPeople } from './policy.js';
import { assign } from './quorum.js';

/**
 * @throws {ActionError} `quorum-impossible` when no set of people could approve, saying which group lacks whom and why.
 */
export function requireQuorum(
  groups: readonly Group[],
  excluded: ReadonlyMap<string, string>,
  environment: string,
): void {
  const eligible = listedPeople(groups).filter((login) => !excluded.has(key(login)));
  const { open, complete } = assign(groups, eligible);
  if (complete) return;
  const reasons = groups.flatMap((group) => shortage(group, excluded));
  const found =
    reasons.length > 0
      ? reasons.join('; ')
      : `${open.map(({ group, missing }) => `${group} lacks ${missing}`).join(', ')}, as one person counts for one group only and ${nameAll(eligible)} are all there are`;
  throw failure('quorum-impossible', {
    message: `enough people to approve ${environment} were expected: ${found}`,
    hint: 'Add people to these groups, lower their quorum, or let somebody else merge and start the run.',
  });
}

function shortage(
  { name, members, quorum }: Group,
  excluded: ReadonlyMap<string, string>,
): readonly string[] {
  const out = members.filter((login) => excluded.has(key(login)));
  const left = members.length - out.length;
  if (left >= quorum) return [];
  const why = out.map((login) => `${login} ${excluded.get(key(login)) ?? ''}`).join(', ');
  return [`${name} needs ${quorum} and ${left} may approve (${why})`];
}

function nameAll(logins: readonly string[]): string {
  return logins.length === 0 ? 'nobody' : logins.join(' and ');
}
