// Which proxies headgate.yml speaks of, and the file that each of them includes; pure.
import { type ProxiedTarget, proxiedTarget, variantOf } from '@headgate/configuration/proxied-service';
import { createReferences } from '@headgate/configuration/references';
import type { Configuration, Value } from '@headgate/configuration/schema';
import { checked, places } from '@headgate/configuration/target-forms';
import { usualMap } from '@headgate/kit/haproxy-map';
import { type ProxiedService, proxySection, type Variant } from '@headgate/kit/haproxy-section';
import { unknown } from './command-line.js';
import type { ProxyOrder } from './proxy-arguments.js';
import { UsageError } from './usage-error.js';

export interface ProxyFile {
  readonly name: string;
  readonly text: string;
  readonly environment: string;
  /** The host whose proxy it is; '' where headgate.yml tells no proxies apart. */
  readonly host: string;
  readonly services: readonly ProxiedService[];
}

type Wanted = Pick<ProxyOrder, 'environment' | 'listen' | 'variants' | 'stateDirectory' | 'variables'>;

interface Proxied extends Omit<ProxiedTarget, 'variant'> {
  readonly environment: string;
  readonly host: string;
  readonly socket: string;
  readonly backend: string;
  /** What its strategy tells A and B apart by. */
  readonly variant: Variant | null;
}

/** @throws {UsageError | ActionError} for an environment, backend or variable that there is not, or a value of another form */
export function proxyFiles(configuration: Configuration, wanted: Wanted): readonly ProxyFile[] {
  const environments = Object.keys(configuration.environments);
  if (wanted.environment !== null && !environments.includes(wanted.environment))
    throw unknown('environment', wanted.environment, environments);
  const chosen = environments.filter((name) => (wanted.environment ?? name) === name);
  const all = chosen.flatMap((name) => proxiedIn(name, configuration, wanted.variables));
  if (all.length === 0)
    throw new UsageError(
      `no target of ${chosen.join(', ') || 'headgate.yml'} has a proxy`,
      'Write proxy: {socket: /run/haproxy/admin.sock, backend: NAME} for a target that answers on a port.',
    );
  const backends = [...new Set(all.map(({ backend }) => backend))];
  for (const backend of [...wanted.listen.keys(), ...wanted.variants.keys()])
    if (!backends.includes(backend)) throw unknown('backend', backend, backends);
  const groups = new Map<string, readonly Proxied[]>();
  for (const each of all) {
    const key = [each.environment, each.host, each.socket].join('\n');
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const names = new Set<string>();
  return [...groups.values()].map((group) => fileOf(group, wanted, configuration.application, names));
}

function proxiedIn(
  environment: string,
  { environments }: Configuration,
  variables: ReadonlyMap<string, string>,
): readonly Proxied[] {
  return Object.entries(environments[environment]?.targets ?? {}).flatMap(([name, target]) => {
    const { proxy, hosts = [] } = target;
    if (proxy === undefined && hosts.every((host) => host.proxy === undefined)) return [];
    const own = hosts.filter((host) => host.proxy !== undefined);
    const path = ['environments', environment, 'targets', name];
    const isShared = own.length < hosts.length || own.length === 0;
    const shared = proxy !== undefined && isShared ? [{ name: '', proxy }] : [];
    return [...shared, ...own].map((host) => {
      const resolve = (value: Value | undefined, part: Part): string =>
        resolved(value, [...path, ...places[part].keys], variables, part);
      const backend = resolve(host.proxy?.backend ?? proxy?.backend ?? target.service, 'backend');
      return {
        ...proxiedTarget(target),
        environment,
        host: host.name,
        socket: resolve(host.proxy?.socket ?? proxy?.socket, 'socket'),
        backend,
        variant: variantOf(target.strategy, (map) =>
          map === undefined ? usualMap(backend) : resolve(map, 'map'),
        ),
      };
    });
  });
}

const examples = {
  socket: '/run/haproxy/admin.sock',
  backend: 'shop',
  map: '/etc/haproxy/shop-ab.map',
} as const;
type Part = keyof typeof examples;

function resolved(
  value: Value | undefined,
  path: readonly string[],
  variables: ReadonlyMap<string, string>,
  part: Part,
): string {
  const at = path.join('.');
  const text = createReferences(variables).resolve(value ?? '', path);
  if (text !== null) return checked(at, text, places[part]);
  const name = typeof value === 'object' ? value.var : '';
  throw new UsageError(
    `${at} is the variable ${name}, which has no default`,
    `Give its value: --var ${name}=${examples[part]}.`,
  );
}

function fileOf(
  group: readonly Proxied[],
  { listen, variants, stateDirectory }: Wanted,
  application: string,
  names: Set<string>,
): ProxyFile {
  const [{ environment, host, socket } = { environment: '', host: '', socket: '' }] = group;
  const services = new Map<string, ProxiedService>();
  for (const { backend, slots, healthPath, checkInterval, variant: own } of group) {
    const most = Math.max(slots, services.get(backend)?.slots ?? 0);
    const variant = variants.get(backend) ?? services.get(backend)?.variant ?? own;
    services.set(backend, {
      ...(variant === null ? {} : { variant }),
      backend,
      listen: listen.get(backend) ?? null,
      slots: most,
      healthPath,
      checkInterval,
    });
  }
  const section = { socket, stateDirectory, services: [...services.values()] };
  const base = [application, environment, host].filter((part) => part !== '').join('-');
  let name = `${base}.cfg`;
  for (let number = 2; names.has(name); number += 1) name = `${base}-${number}.cfg`;
  names.add(name);
  const heading = `# ${application} in ${environment}${host === '' ? '' : `, on ${host}`}. Written by \`headgate proxy\`; deployments change slots at run time, not this file.\n`;
  return { name, text: `${heading}${proxySection(section)}`, environment, host, services: section.services };
}
