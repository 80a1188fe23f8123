// What the schema cannot see about hosts of targets and previews: one that nobody could reach or know again, and names
// that stand twice.
import { type Finding, isMapping, type Path, showPath } from './finding.js';
import { memberOf, textOf } from './members.js';

export function hostFindings(target: unknown, path: Path): readonly Finding[] {
  const listed = memberOf(target, 'hosts');
  const general = memberOf(target, 'ssh');
  const usual = textOf(target, 'transport') ?? 'local';
  if (!Array.isArray(listed)) return oneHost(target, { general: null, usual }, path);
  const hosts: readonly unknown[] = listed;
  const names = hosts.map((host) => textOf(host, 'name'));
  const twice = names.findIndex((name, index) => name !== null && names.indexOf(name) !== index);
  const double =
    twice < 0
      ? []
      : [
          finding(
            [...path, 'hosts', twice],
            'name',
            `the host \`${names[twice]}\` stands twice`,
            'Give it another name.',
          ),
        ];
  const shared =
    isMapping(general) && general['host'] !== undefined
      ? [
          finding(
            [...path, 'ssh'],
            'host',
            '`hosts` and `ssh.host` were both written',
            'Leave `ssh.host` out.',
          ),
        ]
      : [];
  return [
    ...double,
    ...shared,
    ...hosts.flatMap((host, index) => oneHost(host, { general, usual }, [...path, 'hosts', index])),
  ];
}

interface Usual {
  readonly general: unknown;
  readonly usual: string;
}

function oneHost(host: unknown, { general, usual }: Usual, path: Path): readonly Finding[] {
  const ssh = memberOf(host, 'ssh');
  const has = (key: string): boolean =>
    memberOf(ssh, key) !== undefined || (key !== 'host' && memberOf(general, key) !== undefined);
  const transport = textOf(host, 'transport') ?? (has('host') && general !== null ? 'ssh' : usual);
  if (transport !== 'ssh') {
    if (!isMapping(ssh)) return [];
    return [finding(path, 'ssh', '`ssh` has no meaning without `transport: ssh`', 'Write `transport: ssh`.')];
  }
  if (!has('host'))
    return [finding(path, 'transport', 'a host by ssh needs `ssh.host`', 'Write `ssh: {host: user@host}`.')];
  if (has('known-hosts')) return [];
  const problem = 'a host by ssh needs its public keys in `ssh.known-hosts`';
  return [
    finding(path, 'ssh', problem, 'Write what `ssh-keyscan HOST` prints, compared on the host itself.'),
  ];
}

function finding(path: Path, key: string, problem: string, cure: string): Finding {
  return { path: [...path, key], at: 'value', message: `\`${showPath(path)}\`: ${problem}`, cure };
}
