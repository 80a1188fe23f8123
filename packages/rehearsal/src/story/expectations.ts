// Is it so? Each expectation against what the step's runs, the registry, the engine and the service really show.
import type { DeliveryRecord } from '@headgate/kit/record';
import { latestJobs } from '../github/run-reading.js';
import type { JobState, RunState } from '../model.js';
import type { Expectation, Wanted } from './expectation-schema.js';
import { matchesPattern } from './pattern.js';
import { judgeAncestor, judgeMail, judgeRelease, judgeReply, judgeTag } from './release-expectations.js';
import { judgeAnswers, judgeRunning, judgeSameDigest } from './service-expectations.js';
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

type Verdict = Promise<string | null> | string | null;

/** Null when it is so; else one sentence: what was expected and what was found. */
export async function judge(expectation: Expectation, evidence: Evidence): Promise<string | null> {
  const { world, runs } = evidence;
  const verdicts: readonly Verdict[] = [
    given(expectation.run, (wanted) => judgeRun(wanted, runs)),
    given(expectation['nothing-runs'], () => judgeNothing(runs)),
    given(expectation.job, (wanted) => judgeJob(wanted, runs)),
    given(expectation.summary, (wanted) => judgeText('summary', wanted, jobsNamed(runs, wanted.job))),
    given(expectation.annotation, (wanted) => judgeText('annotation', wanted, jobsNamed(runs, wanted.job))),
    given(expectation.published, (wanted) => judgePublished(wanted.image, evidence)),
    given(expectation['not-published'], (wanted) => judgeNotPublished(wanted.image, evidence)),
    given(expectation.deployed, (wanted) => judgeDeployed(wanted, world)),
    given(expectation.running, (wanted) => judgeRunning(wanted, evidence)),
    given(expectation['same-digest'], (wanted) => judgeSameDigest(wanted, world)),
    given(expectation.answers, (wanted) => judgeAnswers(wanted, world)),
    given(expectation.mail, (wanted) => judgeMail(wanted, world)),
    given(expectation.reply, (wanted) => judgeReply(wanted, world)),
    given(expectation.tag, (wanted) => judgeTag(wanted, world)),
    given(expectation.release, (wanted) => judgeRelease(wanted, world)),
    given(expectation.ancestor, (wanted) => judgeAncestor(wanted, world)),
  ];
  return (await Promise.all(verdicts)).find((verdict) => verdict !== null) ?? null;
}

function given<T>(wanted: T | undefined, judgement: (wanted: T) => Verdict): Verdict {
  return wanted === undefined ? null : judgement(wanted);
}

function judgeRun(wanted: Wanted<'run'>, runs: readonly RunState[]): string | null {
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

function judgeJob(wanted: Wanted<'job'>, runs: readonly RunState[]): string | null {
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

async function judgeDeployed(wanted: Wanted<'deployed'>, world: StoryWorld): Promise<string | null> {
  const found = await world.people.deployment(wanted.environment);
  if (found?.state === wanted.state) return null;
  const what =
    found === null ? 'there is no deployment' : `its status is ${found.state} (${found.description})`;
  return `the newest deployment to ${wanted.environment} was expected as ${wanted.state}; ${what}`;
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
  return runs.flatMap((run) => latestJobs(run).filter((job) => matchesPattern(job.name, pattern)));
}
