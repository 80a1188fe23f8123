// Which real parts a configuration asks for, and that none of them is the user's own registry or mail server.
import { proxiedTarget, variantOf } from '@headgate/configuration/proxied-service';
import type { Configuration, TargetConfiguration } from '@headgate/configuration/schema';
import type { Backend } from '../parts/proxy.js';
import { StoryError } from './story-error.js';
import { type Frontends, frontendsOf, placesOf } from './target-places.js';

/** The parts that a configuration asks for. */
export interface Roles {
  /** Backends of each HAProxy, by the proxy's name. */
  readonly proxies: ReadonlyMap<string, readonly Backend[]>;
  /** Variables that say where a Docker engine is. */
  readonly engines: readonly string[];
  /** Who logs in to the registry; null: the repository's owner. */
  readonly registryUsername: string | null;
  /** Where an environment answers: on each host of its first target with a proxy. */
  readonly frontends: ReadonlyMap<string, Frontends>;
}

/** The account that the registry is given where headgate.yml leaves the name to a variable. */
export const registryAccount = 'rehearsal';

/** Reads which backends and accounts are wanted. @throws {StoryError} for a part that cannot be replaced */
export function rolesOf(configuration: Configuration): Roles {
  const { host, username } = configuration.registry;
  if (typeof host === 'string' && Object.keys(configuration.images).length > 0) {
    throw new StoryError({
      code: 'registry-fixed',
      message: `registry.host is ${host}; a rehearsal publishes to a registry of its own, never to yours`,
      hint: `Write registry: {host: {var: REGISTRY, default: ${host}}} in headgate.yml.`,
    });
  }
  refuseFixedKey(configuration);
  refuseFixedNotices(configuration);
  const places = placesOf(configuration);
  const proxies = new Map<string, readonly Backend[]>();
  for (const { proxy: found, target } of places) {
    if (found === null) continue;
    const { proxy, backend } = found;
    const known = proxies.get(proxy) ?? [];
    const others = known.filter((one) => one.backend !== backend);
    const variant = variantIn(target) ?? known.find((one) => one.backend === backend)?.variant;
    const told = variant === undefined ? {} : { variant };
    proxies.set(proxy, backend === '' ? others : [...others, { ...proxiedTarget(target), ...told, backend }]);
  }
  const registryUsername =
    username === undefined ? null : typeof username === 'string' ? username : registryAccount;
  const engines = places.flatMap(({ engine }) => (typeof engine === 'object' ? [engine.var] : []));
  return { proxies, engines: [...new Set(engines)], registryUsername, frontends: frontendsOf(places) };
}

/** A map that is written down lies where the user's own proxies look for it: a rehearsal's has none there. */
function variantIn({ strategy }: TargetConfiguration): Backend['variant'] | null {
  return variantOf(strategy, (map) => (typeof map === 'object' ? map.var : null));
}

/** Images of a rehearsal are signed by its own key: yours is in no file. */
function refuseFixedKey({ signing }: Configuration): void {
  if (typeof signing?.['public-key'] !== 'string') return;
  throw new StoryError({
    code: 'signing-fixed',
    message: 'signing.public-key is written down; a rehearsal signs with a pair of its own, never with yours',
    hint: 'Write signing: {public-key: {var: SIGNING_KEY}} in headgate.yml, and the key into that variable.',
  });
}

/** News of a rehearsal go to its own mail server and to nobody's webhook. */
function refuseFixedNotices({ notifications }: Configuration): void {
  for (const [name, channel] of Object.entries(notifications)) {
    const [member, value, cure] =
      channel.type === 'smtp'
        ? ['host', channel.host, '{var: NAME, default: …}']
        : ['url', channel.url, '{secret: NAME}'];
    if (typeof value !== 'string') continue;
    throw new StoryError({
      code: 'notice-fixed',
      message: `notifications.${name}.${member} is written down; a rehearsal never tells anybody outside`,
      hint: `Write ${member}: ${cure} in headgate.yml.`,
    });
  }
}
