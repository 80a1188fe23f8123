// One-off containers for tests: in the service's network with its environment, found by labels of their own, never
// behind the proxy and never taken for an instance.
import { composeNetworkLabels, networkOf } from './container.js';
import type { PlannedTest } from './delivery.js';
import type { Engine } from './engine.js';
import type { RegistryAuth } from './engine-images.js';
import { type Identity, identityLabels, lockName } from './identity.js';
import type { ServiceDefinition } from './service.js';

/** Everything a test container is made from beside the test. */
export interface TestSurroundings {
  readonly service: ServiceDefinition;
  readonly secrets: ReadonlyMap<string, string>;
  readonly identity: Identity;
  /** Names the run, so that its post step removes nobody else's containers. */
  readonly run: string;
}

export interface TestPlace extends TestSurroundings {
  readonly engine: Engine;
}

const labelNames = {
  of: 'io.headgate.test-of',
  run: 'io.headgate.test-run',
  name: 'io.headgate.test',
} as const;

/** Has the images of tests on the host before anything is changed. @throws {DeployError} as a pull fails */
export async function pullTestImages(
  tests: readonly PlannedTest[],
  { engine }: TestPlace,
  { authOf, signal }: { authOf: (registry: string) => RegistryAuth | null; signal: AbortSignal },
): Promise<void> {
  for (const { image } of tests) {
    const { reference, registry } = image;
    if ((await engine.imageDigests(reference)) === null)
      await engine.pull(reference, authOf(registry), signal);
  }
}

/** Answers the new container's id. @throws {DeployError} engine-refused, engine-unreachable */
export async function createTest(test: PlannedTest, place: TestPlace, unique: string): Promise<string> {
  const { engine, service } = place;
  await engine.ensureNetwork(networkOf(service), composeNetworkLabels(service));
  const name = `${service.project}-${service.service}-test-${test.name}-${unique}`;
  return engine.create(name, testBody(test, place, await hostsOf(place)));
}

/** The service's name led to the instances that serve: an engine without a resolver knows no names. */
async function hostsOf({ engine, service, identity }: TestPlace): Promise<readonly string[]> {
  const instances = await engine.list(identityLabels(identity));
  return instances.flatMap(({ running, addresses }) => {
    const address = addresses.get(networkOf(service));
    return running && address !== undefined ? [`${service.service}:${address}`] : [];
  });
}

/** The body of `POST /containers/create`; `hosts` are `name:address`. */
export function testBody(
  test: PlannedTest,
  place: TestSurroundings,
  hosts: readonly string[],
): Readonly<Record<string, unknown>> {
  const { service, secrets } = place;
  const own = Object.fromEntries(test.environment);
  const environment = { ...service.environment, ...Object.fromEntries(secrets), ...own };
  return {
    Image: test.image.reference,
    // As the entrypoint: the argv is then exactly this, whatever the image would put before it.
    ...(test.command.length === 0 ? {} : { Entrypoint: test.command }),
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    Labels: labelsOf(test, place),
    // The image's own check is about a service, which this is not.
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      NetworkMode: networkOf(service),
      ExtraHosts: hosts,
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      Init: service.init,
      Memory: service.memory,
      NanoCpus: service.nanoCpus,
      CapDrop: service.droppedCapabilities,
      SecurityOpt: service.securityOptions,
    },
  };
}

/** Removes test containers that lost runs left: all of the service, or one run's. Answers how many there were. */
export async function removeTests(engine: Engine, identity: Identity, run?: string): Promise<number> {
  const mine = run === undefined ? {} : { [labelNames.run]: run };
  const left = await engine.list({ [labelNames.of]: lockName(identity), ...mine });
  for (const { id } of left) await engine.remove(id);
  return left.length;
}

function labelsOf(
  test: PlannedTest,
  { service, identity, run }: TestSurroundings,
): Readonly<Record<string, string>> {
  return {
    'com.docker.compose.project': service.project,
    'com.docker.compose.service': service.service,
    'com.docker.compose.oneoff': 'True',
    [labelNames.of]: lockName(identity),
    [labelNames.run]: run,
    [labelNames.name]: test.name,
  };
}
