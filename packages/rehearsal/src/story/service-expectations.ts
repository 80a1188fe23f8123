// Is it so where the service runs? The containers of each environment, and what answers there.
import type { RunningContainer } from '../parts/docker.js';
import { type BuildEvidence, builtDigest } from './built-digest.js';
import type { Wanted } from './expectation-schema.js';
import type { StoryWorld } from './world.js';

/** What a judgement of containers needs of a step. */
export interface ServiceEvidence extends BuildEvidence {
  readonly world: StoryWorld;
}

/** Every container of the image runs the digest that the step's record, or the named step's, has for it. */
export async function judgeRunning(
  wanted: Wanted<'running'>,
  evidence: ServiceEvidence,
): Promise<string | null> {
  const { image, environment, service } = wanted;
  const built = builtDigest(wanted, evidence);
  if ('problem' in built) return built.problem;
  const all = await containersIn(environment ?? null, image, evidence.world);
  const containers = all.filter((each) => service === undefined || each.service === service);
  const other = containers.find((container) => !container.digests.includes(built.digest));
  if (other !== undefined)
    return `${other.name} was expected to run ${built.digest}, it runs ${other.digests.join(', ')}`;
  const count = wanted.instances ?? Math.max(1, containers.length);
  const where = environment === undefined ? '' : ` in ${environment}`;
  return containers.length === count
    ? null
    : `${count} instances of ${service ?? image} were expected${where}, ${containers.length} run`;
}

async function containersIn(
  environment: string | null,
  image: string,
  world: StoryWorld,
): Promise<readonly RunningContainer[]> {
  const all = await world.running(image);
  return environment === null ? all : all.filter((container) => container.environment === environment);
}

/** Every image that runs in one of the environments runs in all of them, with one and the same digest. */
export async function judgeSameDigest(
  environments: Wanted<'same-digest'>,
  world: StoryWorld,
): Promise<string | null> {
  const problems = await Promise.all(
    world.images.map(async (image) => {
      const containers = (await world.running(image)).filter(({ environment }) =>
        environments.includes(environment),
      );
      return differenceOf(image, environments, containers);
    }),
  );
  const found = problems.filter((problem) => problem !== null);
  if (found.length === world.images.length && found.every((problem) => problem === nothingRuns))
    return `an image was expected to run in ${environments.join(' and ')}, nothing runs there`;
  return found.find((problem) => problem !== nothingRuns) ?? null;
}

const nothingRuns = '';

function differenceOf(
  image: string,
  environments: readonly string[],
  containers: readonly RunningContainer[],
): string | null {
  if (containers.length === 0) return nothingRuns;
  const shown = environments.map((environment) => {
    const own = containers.filter((container) => container.environment === environment);
    return { environment, digests: [...new Set(own.map(shippedDigest))] };
  });
  const all = new Set(shown.flatMap(({ digests }) => digests));
  if (all.size === 1 && shown.every(({ digests }) => digests.length === 1)) return null;
  const each = shown.map(({ environment, digests }) => `${environment}: ${digests.join(', ') || 'nothing'}`);
  return `${image} was expected with one digest in ${environments.join(' and ')}; found ${each.join('; ')}`;
}

/** The digest a container was started with; the engine's own id of the image where it was started without one. */
export function shippedDigest({ image, digests }: RunningContainer): string {
  return image.split('@')[1] ?? digests[0] ?? '';
}

/** A preview is found as people find it, by the address of its deployment; the others stand behind their proxies. */
async function addressesOf(environment: string, world: StoryWorld): Promise<readonly string[]> {
  if (!environment.startsWith('preview/')) return world.urlsOf(environment, null);
  const url = (await world.people.deployment(environment))?.url || null;
  return url === null ? [] : [url];
}

/** How often a service is asked on each host: every instance behind the proxy should get its turn. */
const questions = 8;

export async function judgeAnswers(wanted: Wanted<'answers'>, world: StoryWorld): Promise<string | null> {
  const bases = await addressesOf(wanted.environment, world);
  if (bases.length === 0)
    return `${wanted.environment} was expected to answer, its deployment has no address`;
  for (const base of bases) {
    const problem = await judgeOne(`${base}${wanted.path}`, wanted, world);
    if (problem !== null) return problem;
  }
  return null;
}

async function judgeOne(url: string, wanted: Wanted<'answers'>, world: StoryWorld): Promise<string | null> {
  for (let index = 0; index < questions; index += 1) {
    const { headers } = wanted;
    const response = await world.http({ url, headers, signal: world.signal, timeoutMs: 5_000 });
    const text = await response.text();
    if (response.status !== wanted.status)
      return `${url} was expected to answer ${wanted.status}, it answered ${response.status}`;
    if (wanted.contains !== undefined && !text.includes(wanted.contains)) {
      return `${url} was expected to answer with ${JSON.stringify(wanted.contains)}, it answered ${JSON.stringify(text.slice(0, 200))}`;
    }
  }
  return null;
}
