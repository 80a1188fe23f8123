// Instances of a release that the host keeps: its containers are started again, and made once more where they are too few.
import type { Engine } from './engine.js';
import { type Container, record, text } from './engine-answers.js';
import { DeployError } from './errors.js';
import { anyPort, isPlaceTaken, placeAttempts } from './host-port.js';
import { type Identity, identityLabels, labelNames } from './identity.js';
import { joinProxyNetwork, proxyNetwork } from './proxy-network.js';
import { restartOf } from './restart.js';
import { startInstance } from './start-once.js';
import type { Starter } from './starter.js';

export interface KeptOptions {
  readonly engine: Engine;
  readonly identity: Identity;
  readonly revision: string;
  /** A number in [0, 1). */
  readonly random: () => number;
}

/** Asks no registry: image, configuration and secrets are those of the containers. */
export function createKeptStarter(options: KeptOptions): Starter {
  const [tried, resumed] = [new Set<string>(), new Set<string>()];
  return {
    isKept: (id) => resumed.has(id),
    prepare: () => Promise.resolve(),
    start: async (ordinal) => {
      const all = await options.engine.list({
        ...identityLabels(options.identity),
        [labelNames.revision]: options.revision,
      });
      for (const kept of all.filter(({ id, running }) => !running && !tried.has(id))) {
        tried.add(kept.id);
        if (!(await startAgain(kept, options))) continue;
        resumed.add(kept.id);
        return found(kept.id, options);
      }
      const [pattern] = all;
      if (pattern === undefined) throw gone(options.revision);
      return startLike(pattern, ordinal, options);
    },
  };
}

/** False when somebody else has its port meanwhile. */
async function startAgain(kept: Container, { engine }: KeptOptions): Promise<boolean> {
  try {
    await engine.setRestart(kept.id, restartOf(kept));
    await startInstance(kept.id, kept.startedAt, engine);
    return true;
  } catch (error) {
    await engine.setRestart(kept.id, { name: 'no', maximumRetries: 0 });
    if (isPlaceTaken(error)) return false;
    throw error;
  }
}

async function startLike(pattern: Container, ordinal: number, options: KeptOptions): Promise<Container> {
  const { engine, random } = options;
  const body = await engine.creation(pattern.id);
  if (body === null) throw gone(options.revision);
  for (let attempt = 1; ; attempt += 1) {
    const unique = Math.floor(random() * 0x1000000)
      .toString(16)
      .padStart(6, '0');
    const name = `${pattern.name.replace(/-[0-9a-f]{6}$/, '')}-${unique}`;
    const id = await engine.create(name, again(body, pattern, { ordinal, port: anyPort(random) }));
    try {
      await joinNetworks(id, body, options);
      await startInstance(id, 0, engine);
      return await found(id, options);
    } catch (error) {
      await engine.remove(id).catch(() => undefined);
      if (attempt === placeAttempts || !isPlaceTaken(error)) throw error;
    }
  }
}

/** All but the first, which it is made in. */
async function joinNetworks(
  id: string,
  body: Readonly<Record<string, unknown>>,
  { engine: { places }, random }: KeptOptions,
): Promise<void> {
  const first = text(record(body['HostConfig'])['NetworkMode']);
  for (const [name, endpoint] of Object.entries(endpointsIn(body))) {
    if (name === proxyNetwork) await joinProxyNetwork(id, places, random);
    else if (name !== first) await places.connectNetwork(name, id, aliasesOf(endpoint));
  }
}

function endpointsIn(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return record(record(body['NetworkingConfig'])['EndpointsConfig']);
}

function aliasesOf(endpoint: unknown): readonly string[] {
  const { Aliases: aliases } = record(endpoint);
  return Array.isArray(aliases) ? aliases.map(text) : [];
}

/** The same container at another port or address, with a number and a name of its own. */
function again(
  body: Readonly<Record<string, unknown>>,
  pattern: Container,
  { ordinal, port }: { readonly ordinal: number; readonly port: number },
): Readonly<Record<string, unknown>> {
  const { Hostname: _, ...rest } = body;
  const { name, maximumRetries } = restartOf(pattern);
  const number = { 'com.docker.compose.container-number': String(ordinal) };
  const network = text(record(body['HostConfig'])['NetworkMode']);
  const first = Object.entries(endpointsIn(body)).filter(([each]) => each === network);
  return {
    ...rest,
    Labels: { ...Object.fromEntries(pattern.labels), ...number },
    // API versions before 1.44 take one there.
    NetworkingConfig: { EndpointsConfig: Object.fromEntries(first) },
    HostConfig: {
      ...Object(body['HostConfig']),
      RestartPolicy: { Name: name, MaximumRetryCount: maximumRetries },
      PortBindings:
        pattern.port === null || pattern.innerPort === null
          ? {}
          : { [`${pattern.innerPort}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: String(port) }] },
    },
  };
}

async function found(id: string, { engine, revision }: KeptOptions): Promise<Container> {
  const container = await engine.inspect(id);
  if (container === null) throw gone(revision);
  return container;
}

function gone(revision: string): DeployError {
  return new DeployError({
    code: 'engine-refused',
    message: `the containers of revision ${revision} are gone from the engine`,
    hint: 'Find out who else removes containers on this host.',
  });
}
