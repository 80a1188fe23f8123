// What people do on GitHub besides pushing: over its REST interface, each with a token of their own.
import type { Clock } from '@headgate/kit/clock';
import type { Person, Social } from '../github/social.js';
import type { Comment, Dispatch, Merge, PullRequest, Rerun } from './action-schema.js';
import { readList } from './github-list.js';
import { createReading, type Reading } from './reading.js';
import { fillPlaceholders, newestRequest, noRequest } from './requests.js';
import { StoryError } from './story-error.js';

export interface People extends Reading {
  /** Returns the pull request's number. */
  openPullRequest(pull: PullRequest): Promise<number>;
  /** Merges the open pull request of a branch with a merge commit. Returns that commit. */
  merge(merge: Merge): Promise<string>;
  /** Comments, and edits what was written where the story says so. */
  comment(comment: Comment): Promise<void>;
  /** Asks for another attempt of the newest run that fits. Returns the run's id. */
  rerun(rerun: Rerun): Promise<number>;
  /** Starts a workflow by hand. */
  dispatch(dispatch: Dispatch): Promise<void>;
}

interface Place {
  readonly repository: string;
  person(login: string): Person;
  /** Reads what everybody in the repository can read. */
  readonly reader: Person;
  readonly clock: Pick<Clock, 'sleep'>;
}

/** GitHub tells times in whole seconds: an edit within the same one would not show. */
const beforeEditMs = 1_100;

/** Everybody in a story is a collaborator who may write. */
export function createPeople(
  host: Pick<Social, 'person'>,
  repository: string,
  clock: Pick<Clock, 'sleep'>,
): People {
  const person = (login: string): Person => host.person(login, { role: 'write' });
  const reader = person('story');
  const place: Place = { repository, person, reader, clock };
  return {
    openPullRequest: async ({ by, branch, into: base, title, fork }) => {
      const opener = fork === true ? host.person(by, { role: 'read' }) : person(by);
      const head = fork === true ? `${by}:${branch}` : branch;
      return (await opener.openPullRequest({ repository, head, base, title })).number;
    },
    merge: async ({ by, branch, into }) => {
      const number = await openPullRequestOf(place, branch, into);
      return (await person(by).merge({ repository, number })).sha;
    },
    comment: (comment) => writeComment(place, comment),
    rerun: (rerun) => askForRerun(place, rerun),
    dispatch: ({ by, branch, workflow, inputs }) =>
      person(by).dispatch({ repository, workflow, ref: branch, inputs }),
    ...createReading(reader, repository),
  };
}

async function openPullRequestOf(place: Place, head: string, into?: string): Promise<number> {
  const owner = place.repository.split('/', 1)[0] ?? '';
  const base = into === undefined ? '' : `&base=${encodeURIComponent(into)}`;
  const query = `state=open&head=${encodeURIComponent(`${owner}:${head}`)}${base}`;
  const [open] = await readList<{ number: number }>(
    place.reader,
    `/repos/${place.repository}/pulls?${query}`,
  );
  if (open !== undefined) return open.number;
  const message = `there is no open pull request from ${head}${into === undefined ? '' : ` into ${into}`}`;
  throw new StoryError({ code: 'github-refused', message, hint: 'Open one in an earlier step.' });
}

async function writeComment(place: Place, comment: Comment): Promise<void> {
  const { repository } = place;
  const request = await newestRequest(place.reader, repository);
  const number =
    comment.on === 'request' ? request?.number : await openPullRequestOf(place, comment.on['pull-request']);
  if (number === undefined) throw noRequest();
  const writer = place.person(comment.kind === 'bot' ? `${comment.by}[bot]` : comment.by);
  const body = fillPlaceholders(comment.text, request);
  const { id } = await writer.comment({ repository, number, body });
  if (comment.edit === undefined) return;
  await place.clock.sleep(beforeEditMs);
  await writer.editComment({ repository, id, body: fillPlaceholders(comment.edit, request) });
}

async function askForRerun(place: Place, { by, run, failed }: Rerun): Promise<number> {
  const { repository } = place;
  const query = `event=${encodeURIComponent(run.event)}&branch=${encodeURIComponent(run.branch)}`;
  const path = `/repos/${repository}/actions/runs?${query}`;
  const { data } = await place.reader.request('GET', path);
  const { workflow_runs: runs } = data as { workflow_runs?: readonly { readonly id: number }[] };
  const chosen = runs?.[run.earlier];
  if (chosen === undefined) {
    const message = `there is no run for ${run.event} on ${run.branch}${run.earlier > 0 ? ` ${run.earlier} before the newest` : ''}`;
    throw new StoryError({ code: 'github-refused', message, hint: 'Correct event and branch in the story.' });
  }
  await place.person(by).rerun({ repository, runId: chosen.id, failedOnly: failed });
  return chosen.id;
}
