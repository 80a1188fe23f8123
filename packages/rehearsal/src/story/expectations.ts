// Is it so? Each expectation against what the step's runs, the registry, the engine and the service really show.
import type { DeliveryRecord } from '@headgate/kit/record';
import type { RunState } from '../model.js';
import type { TrafficReport } from '../parts/traffic-tally.js';
import type { Expectation, Wanted } from './expectation-schema.js';
import { judgeComment, judgeIssue, judgePullRequest } from './pull-request-expectations.js';
import {
  judgeAncestor,
  judgeMail,
  judgeNotAncestor,
  judgeNotTagged,
  judgeRelease,
  judgeReply,
  judgeTag,
} from './release-expectations.js';
import { judgeJob, judgeNothing, judgeRun, judgeText } from './run-expectations.js';
import { judgeAnswers, judgeRunning, judgeSameDigest } from './service-expectations.js';
import { judgeTraffic } from './traffic-expectations.js';
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
  /** Who answered the load so far; null while none was begun. */
  readonly traffic: TrafficReport | null;
}

type Verdict = Promise<string | null> | string | null;

/** Null when it is so; else one sentence: what was expected and what was found. */
export async function judge(expectation: Expectation, evidence: Evidence): Promise<string | null> {
  const { world, runs } = evidence;
  const verdicts: readonly Verdict[] = [
    given(expectation.run, (wanted) => judgeRun(wanted, runs)),
    given(expectation['nothing-runs'], () => judgeNothing(runs)),
    given(expectation.job, (wanted) => judgeJob(wanted, runs)),
    given(expectation.summary, (wanted) => judgeText('summary', wanted, runs)),
    given(expectation.annotation, (wanted) => judgeText('annotation', wanted, runs)),
    given(expectation.log, (wanted) => judgeText('log', wanted, runs)),
    given(expectation.published, (wanted) => judgePublished(wanted.image, evidence)),
    given(expectation['not-published'], (wanted) => judgeNotPublished(wanted.image, evidence)),
    given(expectation.deployed, (wanted) => judgeDeployed(wanted, world)),
    given(expectation.deployments, (wanted) => judgeDeployments(wanted, world)),
    given(expectation.running, (wanted) => judgeRunning(wanted, evidence)),
    given(expectation['same-digest'], (wanted) => judgeSameDigest(wanted, world)),
    given(expectation.answers, (wanted) => judgeAnswers(wanted, world)),
    given(expectation.traffic, (wanted) => judgeTraffic(wanted, evidence)),
    given(expectation.mail, (wanted) => judgeMail(wanted, world)),
    given(expectation.reply, (wanted) => judgeReply(wanted, world)),
    given(expectation.comment, (wanted) => judgeComment(wanted, world)),
    given(expectation['pull-request'], (wanted) => judgePullRequest(wanted, world)),
    given(expectation.issue, (wanted) => judgeIssue(wanted, world)),
    given(expectation.tag, (wanted) => judgeTag(wanted, world)),
    given(expectation['not-tagged'], (wanted) => judgeNotTagged(wanted, world)),
    given(expectation.release, (wanted) => judgeRelease(wanted, world)),
    given(expectation.ancestor, (wanted) => judgeAncestor(wanted, world)),
    given(expectation['not-ancestor'], (wanted) => judgeNotAncestor(wanted, world)),
  ];
  return (await Promise.all(verdicts)).find((verdict) => verdict !== null) ?? null;
}

function given<T>(wanted: T | undefined, judgement: (wanted: T) => Verdict): Verdict {
  return wanted === undefined ? null : judgement(wanted);
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

async function judgeDeployments(wanted: Wanted<'deployments'>, world: StoryWorld): Promise<string | null> {
  const { environment, count } = wanted;
  const found = await world.people.deployments(environment);
  return found === count ? null : `${count} deployments to ${environment} were expected, there are ${found}`;
}
