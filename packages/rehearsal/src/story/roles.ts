// Which real parts a configuration asks for, and that none of them is the user's own registry or mail server.
import type { Configuration, TargetConfiguration } from '@headgate/configuration/schema';
import { StoryError } from './story-error.js';

/** The parts that a configuration asks for. */
export interface Roles {
  /** HAProxy backends of all targets. */
  readonly backends: readonly string[];
  /** Who logs in to the registry; null: the repository's owner. */
  readonly registryUsername: string | null;
  /** The backend whose address is an environment's. */
  readonly backendOf: ReadonlyMap<string, string>;
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
  refuseFixedNotices(configuration);
  const targets = targetsOf(configuration);
  const backendOf = new Map<string, string>();
  for (const { environment, target } of targets) {
    if (!backendOf.has(environment)) backendOf.set(environment, backendName(target));
  }
  const backends = [...new Set(targets.map(({ target }) => backendName(target)))];
  const registryUsername =
    username === undefined ? null : typeof username === 'string' ? username : registryAccount;
  return { backends, registryUsername, backendOf };
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

export function targetsOf(
  configuration: Configuration,
): readonly { environment: string; target: TargetConfiguration }[] {
  return Object.entries(configuration.environments).flatMap(([environment, { targets }]) =>
    Object.values(targets).map((target) => ({ environment, target })),
  );
}

/** A backend that headgate.yml leaves to a variable is called after its service. */
export function backendName(target: TargetConfiguration): string {
  const { backend } = target.proxy;
  return typeof backend === 'string' ? backend : (backend.default ?? target.service);
}
