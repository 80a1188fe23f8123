// Whether previews would use an account on a host that an environment's targets use: who may open its Docker engine is as
// good as root there, and previews are code that nobody has reviewed.
import { type Finding, isMapping } from './finding.js';
import { entriesOf, memberOf } from './members.js';

interface Account {
  readonly environment: string;
  readonly target: string;
  /** As it is compared; null for what is no account. */
  readonly name: string | null;
}

/** At most one: the first target that has the account too. A variable's value is not known here, its name is. */
export function sharedAccount(value: unknown): readonly Finding[] {
  const host = memberOf(memberOf(memberOf(value, 'previews'), 'ssh'), 'host');
  const own = nameOf(host);
  const other = own === null ? undefined : accountsOf(value).find(({ name }) => name === own);
  if (other === undefined) return [];
  const { environment, target } = other;
  const shown = typeof host === 'string' ? host : `{var: ${own}}`;
  return [
    {
      path: ['previews', 'ssh', 'host'],
      at: 'value',
      message: `\`previews.ssh.host\`: a host for unreviewed code alone was expected, ${shown} is where \`${target}\` of \`${environment}\` is`,
      cure: 'Give previews a host of their own, or at least a user there with a Docker engine of its own.',
    },
  ];
}

function accountsOf(value: unknown): readonly Account[] {
  return entriesOf(value, 'environments').flatMap(([environment, block]) =>
    entriesOf(block, 'targets').flatMap(([target, each]) => {
      const hosts: unknown = memberOf(each, 'hosts');
      const places: readonly unknown[] = [each, ...(Array.isArray(hosts) ? hosts : [])];
      return places.map((place) => ({
        environment,
        target,
        name: nameOf(memberOf(memberOf(place, 'ssh'), 'host')),
      }));
    }),
  );
}

/** Names of hosts are the same in either case, and 22 is the port that is meant without one. */
function nameOf(host: unknown): string | null {
  if (typeof host === 'string') {
    const [user, ...rest] = host.split('@');
    return `${user}@${rest.join('@').toLowerCase().replace(/:22$/, '')}`;
  }
  const variable = isMapping(host) ? host['var'] : undefined;
  return typeof variable === 'string' ? variable : null;
}
