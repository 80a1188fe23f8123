// The hosts on which a story finds a service: where it answers, and who answers there.
import type { Clock } from '@headgate/kit/clock';
import { acceptsConnections } from '../parts/connection.js';
import { type TrafficWatch, watchTraffic } from '../parts/traffic-watch.js';
import type { Setting } from './setting.js';
import { StoryError } from './story-error.js';
import type { HostFrontend } from './target-places.js';

type Hosts = Pick<Setting, 'proxies' | 'roles'>;

/** @throws {StoryError} for an environment or a host that headgate.yml does not have */
export function urlsIn(
  environment: string,
  host: string | null,
  { proxies, roles }: Hosts,
): readonly string[] {
  return frontendsIn(environment, host, roles).map(
    ({ proxy, backend }) => proxies.get(proxy)?.urlOf(backend) ?? '',
  );
}

/** Watches all of its hosts. */
export function watchHosts(
  environment: string,
  onLeft: () => void,
  { setting, clock }: { readonly setting: Hosts & Pick<Setting, 'docker'>; readonly clock: Clock },
): TrafficWatch {
  const { docker, proxies, roles } = setting;
  const places = frontendsIn(environment, null, roles).map(({ proxy, backend }) => {
    return { socket: proxies.get(proxy)?.socket ?? '', backend };
  });
  const imageAt = (endpoint: string): Promise<string | null> => docker.imageAt(endpoint);
  return watchTraffic({ places, environment, clock, accepts: acceptsConnections, imageAt }, onLeft);
}

/** On all hosts of the environment, or on one. */
function frontendsIn(
  environment: string,
  host: string | null,
  { frontends }: Setting['roles'],
): readonly HostFrontend[] {
  const all = frontends.get(environment);
  if (all === undefined) throw unknown('environment', environment, [...frontends.keys()]);
  const found = all.filter((each) => host === null || each.host === host);
  if (found.length === 0)
    throw unknown(
      'host',
      host ?? '',
      all.map((each) => each.host),
    );
  return found;
}

export function unknown(what: string, name: string, known: readonly string[]): StoryError {
  return new StoryError({
    code: 'invalid-story',
    message: `the story speaks of the ${what} ${name}, which headgate.yml does not have`,
    hint: `Use one of: ${known.join(', ')}.`,
  });
}
