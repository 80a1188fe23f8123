// What a deployment would change on its host: read only, no lock, no pull, no change of the proxy.
import type { Deps } from '@headgate/kit/deps';
import { createRedactor } from '@headgate/kit/secrets';
import { connectHost, connectParts, versionOf } from './connection.js';
import { createBody, type Version } from './container.js';
import { readDelivery } from './delivery.js';
import { viewWorld } from './docker-world.js';
import type { Engine } from './engine.js';
import type { Container } from './engine-answers.js';
import { type Identity, identityLabels, labelNames } from './identity.js';
import type { Inputs } from './inputs.js';
import { planRecovery, planRollout, type RolloutPlan, servedDigest, servingOf, type Wanted } from './plan.js';
import { findRelease, releasesOf } from './releases.js';
import { settleInputs } from './settled-inputs.js';
import { imagesOf, refuseUnsigned } from './signature-gate.js';
import { stagesOf } from './strategy-words.js';
import type { Instance, World } from './target.js';
import type { Transport } from './transport.js';
import { type Difference, differences, type Facts, factsOf } from './version-facts.js';
import { readWish, type Wish } from './wish.js';
import { workingWorld } from './worker-target.js';

export interface Forecast {
  readonly host: string;
  readonly service: string;
  readonly changes: boolean;
  readonly image: { readonly from: string | null; readonly to: string; readonly isOnHost: boolean };
  readonly instances: { readonly from: number; readonly to: number };
  readonly differences: readonly Difference[];
  readonly strategy: string;
  /** What would be done, one sentence a stage. */
  readonly stages: readonly string[];
  /** What would be put right first. */
  readonly notices: readonly string[];
}

/** The version that would run, as far as a plan needs it. */
interface Next {
  readonly revision: string;
  readonly digest: string;
  readonly image: string;
  readonly facts: Facts;
}

/** Where facts are read, and what must not be in them. */
interface Place {
  readonly engine: Engine;
  readonly redact: (text: string) => string;
}

/** @throws {DeployError | InputError} as a deployment with the same inputs would, before it changes anything */
export async function forecast(given: Inputs, deps: Deps): Promise<Forecast> {
  const { image: source } = given.source;
  const delivery = source.kind === 'kept' ? null : await readDelivery(given, deps);
  const wish = delivery === null ? null : await readWish(given, delivery, deps);
  if (delivery !== null) await refuseUnsigned(imagesOf(delivery), given, deps);
  const inputs = wish === null ? given : settleInputs(given, wish.service);
  const transport = connectHost(inputs, deps);
  try {
    return await forecastOn(transport, { inputs, wish }, deps);
  } finally {
    await transport.close();
  }
}

async function forecastOn(
  transport: Transport,
  { inputs, wish }: { readonly inputs: Inputs; readonly wish: Wish | null },
  deps: Deps,
): Promise<Forecast> {
  const { image: source } = inputs.source;
  const parts = await connectParts(inputs, deps, transport);
  if (inputs.reach === 'address') await parts.proxy.keepsAddresses();
  const { engine, identity } = parts;
  const containers = await engine.list(identityLabels(identity));
  const { redact } = createRedactor(inputs.deploySecrets.values);
  const host: Place = { engine, redact };
  const next =
    wish === null
      ? await keptNext(source.kind === 'kept' ? source.release : '', containers, host)
      : await nextOf(versionOf(wish, containers, inputs, deps), identity, host);
  const seen = await viewWorld({ ...parts, endpoints: new Map() }, containers);
  const world = inputs.port === null ? workingWorld(seen) : seen;
  const wanted = { revision: next.revision, instances: inputs.instances };
  const { plan, mended } = planOf(world, wanted);
  const before = containers.find(({ id }) => id === plan.former[0]?.id);
  return {
    host: transport.host,
    service: inputs.service,
    changes: !plan.unchanged || mended.length > 0,
    image: {
      from: servedDigest(plan),
      to: next.digest,
      isOnHost: (await engine.imageDigests(next.image)) !== null,
    },
    instances: { from: servingOf(world).length, to: inputs.instances },
    differences: differences(before === undefined ? new Map() : await factsOn(before, host), next.facts),
    strategy: inputs.strategy.kind,
    stages: stagesOf(plan, inputs.strategy, inputs.instances, inputs.settle),
    notices: [...world.notices, ...mended, ...(plan.unchanged ? [] : hookWords(inputs))],
  };
}

/** None on the way back. */
function hookWords({ hooks, source }: Inputs): readonly string[] {
  if (source.image.kind === 'kept') return [];
  return hooks.map(
    ({ point, name, work }) => `at ${point} the hook ${name} would run, a ${hookKinds[work.kind]}`,
  );
}

const hookKinds = {
  command: 'command in the instance',
  http: 'call by HTTP',
  task: 'task of its own',
} as const;

/** The plan from the world as it would be put right first, and in words what that is. */
function planOf(world: World, wanted: Wanted): { plan: RolloutPlan; mended: readonly string[] } {
  const { readmit, park, retire, remove } = planRecovery(world, wanted);
  const leaving = [...park, ...retire, ...remove];
  const instances = world.instances
    .filter((instance) => !leaving.includes(instance))
    .map((instance) => (readmit.includes(instance) ? { ...instance, traffic: 'in' as const } : instance));
  const words = (doing: string, some: readonly Instance[]): readonly string[] =>
    some.map(({ name }) => `${name} is left from a lost run and would be ${doing} first`);
  const mended = [
    ...words('given traffic again', readmit),
    ...words('drained and stopped', park),
    ...words('drained and removed', retire),
    ...words('removed', remove),
  ];
  return { plan: planRollout({ ...world, instances }, wanted), mended };
}

async function nextOf(version: Version, identity: Identity, { engine, redact }: Place): Promise<Next> {
  const { revision, digest, image, salt, reach } = version;
  const port = reach === 'port' ? 1 : null;
  const body = createBody(version, { identity, ordinal: 1, slot: '', port });
  return {
    revision,
    digest,
    image,
    facts: factsOf(body, await engine.imageDefaults(image), { key: salt, redact }),
  };
}

async function keptNext(asked: string, containers: readonly Container[], host: Place): Promise<Next> {
  const { revision, digest, image } = findRelease(releasesOf(containers), asked);
  const kept = containers.find(({ labels }) => labels.get(labelNames.revision) === revision);
  return { revision, digest, image, facts: kept === undefined ? new Map() : await factsOn(kept, host) };
}

/** Of a container that exists. */
async function factsOn({ id, imageId, labels }: Container, { engine, redact }: Place): Promise<Facts> {
  const [body, defaults] = [await engine.creation(id), await engine.imageDefaults(imageId)];
  return factsOf(body ?? {}, defaults, { key: labels.get(labelNames.salt) ?? '', redact });
}
