// What a story shows besides its steps: the load, what runs where and who built it, approvals, the merge back, mail.
import type { ApprovalPart } from '@headgate/kit/record-parts';
import type { LoadReport } from '../parts/load-tally.js';
import { newestRecord, type RunningImage, type StepResult, type StoryResult } from '../story/result.js';
import { latencies, loadLine } from './live.js';
import { clean, duration, number } from './text.js';

/** All lines, most telling first. */
export function factLines(result: StoryResult): readonly string[] {
  const load = result.load === null ? [] : loadLines(result.load);
  return [
    ...load,
    ...result.running.map((image) => imageLine(image, result)),
    ...sameDigestLines(result.running),
    ...approvalsOf(result).map(approvalLine),
    ...backMergeLines(result),
    ...(result.mail.length === 0 ? [] : [`mail  ${result.mail.length} sent: ${subjectsOf(result)}`]),
  ];
}

/** Images that run in several environments with one digest, or with different ones. */
function sameDigestLines(running: readonly RunningImage[]): readonly string[] {
  return [...new Set(running.map(({ image }) => image))].flatMap((image) => {
    const own = running.filter((each) => each.image === image);
    return [...new Set(own.map(({ digest }) => digest))].flatMap((digest) => {
      const places = [
        ...new Set(own.filter((each) => each.digest === digest).map((each) => each.environment)),
      ];
      return places.length < 2
        ? []
        : [`digest of ${clean(image)}: the same in ${places.map(clean).join(' and ')}`];
    });
  });
}

/** The newest word on each request. */
function approvalsOf({ steps }: StoryResult): readonly ApprovalPart[] {
  const all = steps.flatMap(({ record }) => record?.approvals ?? []);
  return [...new Map(all.map((part) => [`${part.environment} ${part.subject}`, part])).values()];
}

function approvalLine({ environment, subject, decision, approvers }: ApprovalPart): string {
  const people = approvers.map(({ login, group }) => `${clean(login)} (${clean(group)})`).join(', ');
  const by = people === '' ? '' : ` by ${people}`;
  return `approval for ${clean(environment)}: ${decision}${by}, subject ${subject.replace('sha256:', '').slice(0, 12)}`;
}

/** Said only where something was released: before that there is nothing to merge back. */
function backMergeLines({ repository, backMerge }: StoryResult): readonly string[] {
  if (repository.tags.length === 0) return [];
  const { branch, into, done } = backMerge;
  return [
    `tags  ${repository.tags.map(clean).join(', ')}; ${clean(branch)} is ${done ? 'an' : 'NOT an'} ancestor of ${clean(into)}`,
  ];
}

function subjectsOf({ mail }: StoryResult): string {
  return mail.map(({ subject }) => `"${clean(subject)}"`).join(', ');
}

/** What the swaps did to customers, then everything that was asked. */
function loadLines(load: LoadReport): readonly string[] {
  const { window, rate } = load;
  if (window === null) return [loadLine(load)];
  const { requests, failed, elapsedMs } = window;
  return [
    `load  ${number(failed)} of ${number(requests)} requests failed between the first swap and the last drained instance`,
    `      offered at ${number(rate)}/s for ${duration(elapsedMs / 1_000)}, ${latencies(window)}`,
    `      with those before and after: ${number(load.failed)} of ${number(load.requests)} failed, ${latencies(load)}`,
  ];
}

function imageLine(image: RunningImage, result: StoryResult): string {
  const newest = newestRecord(result)?.images.find((part) => part.name === image.image)?.digest;
  const origin = makerOf(image, result);
  const built =
    origin === undefined ? 'built by no delivery of this story' : `= built in "${clean(origin.name)}"`;
  const place = image.environment === '' ? '' : ` in ${clean(image.environment)}`;
  const note = newest === undefined || newest === image.digest ? '' : ', not the newest one';
  return `image ${clean(image.image)}: ${image.instances} × ${image.digest} running${place} ${built}${note}`;
}

/** The first step that published these bytes; what a later step reuses or builds again is nothing new. */
function makerOf({ digest }: RunningImage, { steps }: StoryResult): StepResult | undefined {
  const holders = steps.filter(({ record }) => record?.images.some((part) => part.digest === digest));
  const isFresh = ({ record }: StepResult): boolean =>
    record?.images.some(
      (part) => part.digest === digest && part.reusedFrom === null && part.reference !== null,
    ) === true;
  return holders.find(isFresh) ?? holders.at(-1);
}
