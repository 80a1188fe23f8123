// Which repository variable plays which part: headgate.yml names them, the rehearsal fills them with its real parts.
import type { Configuration, TargetConfiguration, Value } from '@headgate/configuration/schema';
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

/** Values of the real parts, once they run. */
export interface PartValues {
  readonly registry: string;
  readonly registryUsername: string;
  readonly proxySocket: string;
  readonly engine: string;
  urlOf(backend: string): string;
}

/** The account that the registry is given where headgate.yml leaves the name to a variable. */
export const registryAccount = 'rehearsal';

/** Reads which backends and accounts are wanted. @throws {StoryError} for a registry that cannot be replaced */
export function rolesOf(configuration: Configuration): Roles {
  const { host, username } = configuration.registry;
  if (typeof host === 'string' && Object.keys(configuration.images).length > 0) {
    throw new StoryError({
      code: 'registry-fixed',
      message: `registry.host is ${host}; a rehearsal publishes to a registry of its own, never to yours`,
      hint: `Write registry: {host: {var: REGISTRY, default: ${host}}} in headgate.yml.`,
    });
  }
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

/** Repository variables for every reference that stands where a real part goes. */
export function roleVariables(configuration: Configuration, parts: PartValues): Record<string, string> {
  const variables: Record<string, string> = {};
  const fill = (value: Value | undefined, text: string): void => {
    if (typeof value === 'object') variables[value.var] = text;
  };
  fill(configuration.registry.host, parts.registry);
  fill(configuration.registry.username, parts.registryUsername);
  for (const { environment, target } of targetsOf(configuration)) {
    const backend = backendName(target);
    fill(target.engine, parts.engine);
    fill(target.proxy.socket, parts.proxySocket);
    fill(target.proxy.backend, backend);
    const url = configuration.environments[environment]?.url;
    if (typeof url === 'object' && variables[url.var] === undefined) fill(url, parts.urlOf(backend));
  }
  return variables;
}

function targetsOf(
  configuration: Configuration,
): readonly { environment: string; target: TargetConfiguration }[] {
  return Object.entries(configuration.environments).flatMap(([environment, { targets }]) =>
    Object.values(targets).map((target) => ({ environment, target })),
  );
}

/** A backend that headgate.yml leaves to a variable is called after its service. */
function backendName(target: TargetConfiguration): string {
  const { backend } = target.proxy;
  return typeof backend === 'string' ? backend : (backend.default ?? target.service);
}
