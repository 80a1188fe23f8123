// What the schema cannot see about a service's shape: a port and its proxy belong together, and shares need both.
import { type Finding, type Path, showPath } from './finding.js';
import { memberOf } from './members.js';

export function shapeFindings(target: unknown, path: Path): readonly Finding[] {
  const finding = (key: string, problem: string, cure: string): readonly Finding[] => [
    { path: [...path, key], at: 'value', message: `\`${showPath(path)}\`: ${problem}`, cure },
  ];
  const strategy = memberOf(memberOf(target, 'strategy'), 'type') ?? 'rolling';
  const hasPort = isSet(target, 'port');
  if (hasPort && !hasProxy(target))
    return finding(
      'port',
      'a service with a port needs a proxy in front of it',
      'Add `proxy`, or remove `port`.',
    );
  if (!hasPort && isSet(target, 'proxy'))
    return finding(
      'proxy',
      'a service without a port stands behind no proxy',
      'Add `port`, or remove `proxy`.',
    );
  if (!hasPort && memberOf(target, 'reach') === 'address')
    return finding(
      'reach',
      'a service without a port is reached at no address',
      'Add `port`, or remove `reach`.',
    );
  if (strategy === 'rolling') return [];
  if (!hasPort)
    return finding(
      'strategy',
      `${strategy} shares out requests, and the service has no port`,
      'Use `rolling`, or add `port`.',
    );
  if (memberOf(target, 'allow-gap') !== true) return [];
  const problem = `${strategy} needs old and new instances side by side, and a gap is allowed`;
  return finding('strategy', problem, 'Use `rolling`, or remove `allow-gap`.');
}

/** Its own, or one on each of its hosts. */
function hasProxy(target: unknown): boolean {
  const hosts = memberOf(target, 'hosts');
  const onEach = Array.isArray(hosts) && hosts.length > 0 && hosts.every((host) => isSet(host, 'proxy'));
  return isSet(target, 'proxy') || onEach;
}

function isSet(value: unknown, key: string): boolean {
  return (memberOf(value, key) ?? null) !== null;
}
