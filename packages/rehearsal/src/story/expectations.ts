// Is it so? Each expectation against what the step's runs, the registry, the engine and the service really show.
import type { DeliveryRecord } from '@headgate/kit/record';
import type { JobState, RunState } from '../model.js';
import { matchesPattern } from './pattern.js';
import type { Expectation } from './story-schema.js';
import type { StoryWorld } from './world.js';

/** What an expectation is judged by. */
export interface Evidence {
  readonly world: StoryWorld;
  /** The step's own runs. */
  readonly runs: readonly RunState[];
  /** The record of the step's delivery. */
  readonly record: DeliveryRecord | null;
  /** Tags of each image before the step began. */
  readonly tagsBefore: ReadonlyMap<string, readonly string[]>;
  /** Records of this and the earlier steps, by step name. */
  readonly records: ReadonlyMap<string, DeliveryRecord | null>;
}

/** Null when it is so; else one sentence: what was expected and what was found. */
export async function judge(expectation: Expectation, evidence: Evidence): Promise<string | null> {
  const { run, job, published, deployed, running, answers, summary, annotation } = expectation;
  if (run !== undefined) return judgeRun(run, evidence.runs);
  if (expectation['nothing-runs'] !== undefined) return judgeNothing(evidence.runs);
  if (job !== undefined) return judgeJob(job, evidence.runs);
  if (published !== undefined) return judgePublished(published.image, evidence);
  if (deployed !== undefined) return judgeDeployed(deployed, evidence.world);
  if (running !== undefined) return judgeRunning(running, evidence);
  if (answers !== undefined) return judgeAnswers(answers, evidence.world);
  if (summary !== undefined) return judgeText('summary', summary, jobsNamed(evidence.runs, summary.job));
  if (annotation !== undefined)
    return judgeText('annotation', annotation, jobsNamed(evidence.runs, annotation.job));
  return judgeNotPublished(expectation['not-published']?.image ?? '', evidence);
}

function judgeRun(wanted: NonNullable<Expectation['run']>, runs: readonly RunState[]): string | null {
  const found = runs.filter((run) => run.event.name === wanted.event);
  if (found.length === 0) return `a run for ${wanted.event} was expected, there is none`;
  const other = found.find((run) => run.conclusion !== wanted.result);
  if (other === undefined) return null;
  return `the run for ${wanted.event} was expected to end as ${wanted.result}, it ended as ${other.conclusion ?? other.status}`;
}

function judgeNothing(runs: readonly RunState[]): string | null {
  return runs.length === 0
    ? null
    : `no run was expected, found ${runs.map((run) => `${run.workflowName} (${run.event.name})`).join(', ')}`;
}

function judgeJob(wanted: NonNullable<Expectation['job']>, runs: readonly RunState[]): string | null {
  const jobs = jobsNamed(runs, wanted.name);
  if (jobs.length === 0) {
    const names = runs.flatMap((run) => run.jobs.map((job) => job.name));
    return `a job named ${wanted.name} was expected, there are: ${names.join(', ') || 'none'}`;
  }
  const other = jobs.find((job) => job.conclusion !== wanted.result);
  if (other === undefined) return null;
  return `job ${other.name} was expected to end as ${wanted.result}, it ended as ${other.conclusion ?? other.status}`;
}

async function judgePublished(name: string, { world, record }: Evidence): Promise<string | null> {
  const image = record?.images.find((part) => part.name === name);
  if (image === undefined)
    return `image ${name} was expected in the delivery record, which ${record === null ? 'does not exist' : 'does not have it'}`;
  if (image.reference === null)
    return `image ${name} was expected to be published, the record says it was not`;
  if ((await world.digestOf(name, image.digest)) === null)
    return `the registry does not have ${name}@${image.digest}`;
  for (const tag of image.tags) {
    const digest = await world.digestOf(name, tag);
    if (digest !== image.digest)
      return `tag ${tag} of ${name} was expected at ${image.digest}, the registry has ${digest ?? 'no such tag'}`;
  }
  return null;
}

async function judgeNotPublished(name: string, { world, tagsBefore }: Evidence): Promise<string | null> {
  const before = tagsBefore.get(name) ?? [];
  const added = (await world.tags(name)).filter((tag) => !before.includes(tag));
  return added.length === 0
    ? null
    : `nothing of ${name} was expected to be published, the registry has ${added.join(', ')}`;
}

async function judgeDeployed(
  wanted: NonNullable<Expectation['deployed']>,
  world: StoryWorld,
): Promise<string | null> {
  const found = await world.people.deployment(wanted.environment);
  if (found?.state === wanted.state) return null;
  const what =
    found === null ? 'there is no deployment' : `its status is ${found.state} (${found.description})`;
  return `the newest deployment to ${wanted.environment} was expected as ${wanted.state}; ${what}`;
}

async function judgeRunning(
  wanted: NonNullable<Expectation['running']>,
  evidence: Evidence,
): Promise<string | null> {
  const step = wanted['built-in'];
  const record = step === undefined ? evidence.record : evidence.records.get(step);
  const built = record?.images.find((part) => part.name === wanted.image)?.digest;
  if (built === undefined)
    return `no record says which digest of ${wanted.image} was built${step === undefined ? '' : ` in "${step}"`}`;
  const containers = await evidence.world.running(wanted.image);
  const other = containers.find((container) => !container.digests.includes(built));
  if (other !== undefined)
    return `${other.name} was expected to run ${built}, it runs ${other.digests.join(', ')}`;
  const count = wanted.instances ?? Math.max(1, containers.length);
  return containers.length === count
    ? null
    : `${count} instances of ${wanted.image} were expected, ${containers.length} run`;
}

/** How often a service is asked: every instance behind the proxy should get its turn. */
const questions = 8;

async function judgeAnswers(
  wanted: NonNullable<Expectation['answers']>,
  world: StoryWorld,
): Promise<string | null> {
  const url = `${world.urlOf(wanted.environment)}${wanted.path}`;
  for (let index = 0; index < questions; index += 1) {
    const response = await world.http({ url, signal: world.signal, timeoutMs: 5_000 });
    const text = await response.text();
    if (response.status !== wanted.status)
      return `${url} was expected to answer ${wanted.status}, it answered ${response.status}`;
    if (wanted.contains !== undefined && !text.includes(wanted.contains)) {
      return `${url} was expected to answer with ${JSON.stringify(wanted.contains)}, it answered ${JSON.stringify(text.slice(0, 200))}`;
    }
  }
  return null;
}

function judgeText(
  where: 'summary' | 'annotation',
  wanted: { readonly contains: string; readonly job: string },
  jobs: readonly JobState[],
): string | null {
  const texts = jobs.flatMap((job) =>
    where === 'summary' ? [job.summary] : job.annotations.map((note) => note.message),
  );
  if (texts.some((text) => text.includes(wanted.contains))) return null;
  const shown = texts.map((text) => text.trim().slice(0, 300)).filter((text) => text !== '');
  return `the ${where} of ${wanted.job} was expected to contain ${JSON.stringify(wanted.contains)}; found ${shown.length === 0 ? 'none' : JSON.stringify(shown.join(' | '))}`;
}

function jobsNamed(runs: readonly RunState[], pattern: string): readonly JobState[] {
  return runs.flatMap((run) => run.jobs.filter((job) => matchesPattern(job.name, pattern)));
}
