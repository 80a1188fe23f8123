// Where the targets of headgate.yml run: the Docker engine of each host, and the proxy in front of it. Pure.
import type { Configuration, TargetConfiguration, Value } from '@headgate/configuration/schema';

/** A backend of one HAProxy. */
export interface Frontend {
  /** Every `proxy.socket` that is written differently is a proxy of its own. */
  readonly proxy: string;
  /** '' for a worker, whose proxy only tells its host apart from others on the same engine. */
  readonly backend: string;
}

export interface TargetPlace {
  readonly environment: string;
  readonly target: TargetConfiguration;
  /** '' for a target without `hosts`. */
  readonly host: string;
  readonly engine: Value | undefined;
  /** As written; null where no proxy is named. */
  readonly proxy: (Frontend & { readonly written: readonly (Value | undefined)[] }) | null;
}

/** One for each host of each target, in the order in which they are written. */
export function placesOf({ environments }: Configuration): readonly TargetPlace[] {
  return Object.entries(environments).flatMap(([environment, { targets }]) =>
    Object.values(targets).flatMap((target) =>
      (target.hosts ?? [null]).map((host) => ({
        environment,
        target,
        host: host?.name ?? '',
        engine: host?.engine ?? target.engine,
        proxy: proxyOf(target, host?.proxy),
      })),
    ),
  );
}

type HostProxy = NonNullable<TargetConfiguration['hosts']>[number]['proxy'];

function proxyOf(target: TargetConfiguration, own: HostProxy): TargetPlace['proxy'] {
  const socket = own?.socket ?? target.proxy?.socket;
  if (socket === undefined) return null;
  const backend = own?.backend ?? target.proxy?.backend;
  return {
    proxy: typeof socket === 'string' ? socket : socket.var,
    backend: target.port === undefined ? '' : nameOf(backend, target.service),
    written: [socket, backend],
  };
}

/** A backend that headgate.yml leaves to a variable is called after its service. */
function nameOf(backend: Value | undefined, service: string): string {
  return typeof backend === 'string' ? backend : (backend?.default ?? service);
}

/** Where people find each environment: its first target with a proxy, on each of its hosts. */
export function frontendsOf(places: readonly TargetPlace[]): ReadonlyMap<string, Frontends> {
  const found = new Map<string, [HostFrontend, ...HostFrontend[]]>();
  for (const { environment, host, proxy } of places) {
    if (proxy === null || proxy.backend === '') continue;
    const frontend = { host, proxy: proxy.proxy, backend: proxy.backend };
    const known = found.get(environment);
    if (known === undefined) found.set(environment, [frontend]);
    else if (host !== '' && known.every((one) => one.host !== '' && one.host !== host)) known.push(frontend);
  }
  return found;
}

export interface HostFrontend extends Frontend {
  readonly host: string;
}

export type Frontends = readonly [HostFrontend, ...HostFrontend[]];
