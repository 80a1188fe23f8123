// Mode `resume`: a comment makes a parked run go on. It decides nothing; the run reads all comments itself.
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import type { GitHub } from '@headgate/kit/github';
import { statusOf } from '@headgate/kit/octokit-errors';
import { escapeMarkdown, link } from '@headgate/kit/summary';
import { readCommand } from './command.js';
import { failure } from './failures.js';
import type { ResumeInputs } from './inputs.js';
import { key } from './policy.js';
import { type Request, requestsIn } from './requests.js';
import { type ResumableRun, refuseResume } from './resumable-run.js';
import { openThread } from './thread.js';
import { digitsOf } from './verdict.js';

/** A run that has said it parks still has to end; the job that resumes it ends before its own limit. Milliseconds. */
const longestWait = 8 * 60_000;
const interval = 10_000;

/**
 * Re-runs the failed jobs of the run that the comment's request belongs to, if it is parked.
 * A comment that belongs to no parked run is no failure: `resumed` is then `false`, and the log says why.
 * @throws {ActionError} `not-resumable` when the run is parked and cannot be run again.
 */
export async function resume(inputs: ResumeInputs, deps: Deps): Promise<ActionResult> {
  const asked = readEvent(deps);
  if (typeof asked === 'string') return await idle(deps, asked);
  const github = await deps.connectGitHub(inputs.token);
  const { comments } = await openThread(github, asked.thread).read();
  const request = chooseRequest(requestsIn(comments, inputs.bot), asked);
  if (typeof request === 'string') return await idle(deps, request);
  const run = await endedRun(github, request, deps);
  if (typeof run === 'string') return await idle(deps, run);
  const problem = refuseResume(run, {
    own: await readRun(github, deps.context.runId),
    request,
    branch: inputs.productionBranch,
    now: deps.clock.now(),
  });
  if (problem !== null) throw refused(request, problem);
  await rerun(github, run.id);
  deps.core.info(`run ${run.id} goes on: ${run.html_url}`);
  await deps.core.appendSummary(`${link(`Run ${run.id}`, run.html_url)} goes on.\n`);
  return { outputs: { resumed: 'true', url: request.comment.url, id: String(request.comment.id) } };
}

interface Asked {
  readonly thread: number;
  readonly digits: string;
  readonly author: string;
}

/** What the comment asks for, or why it asks for nothing. */
function readEvent({ context }: Deps): Asked | string {
  const { action, issue, comment } = context.event as {
    readonly action?: unknown;
    readonly issue?: { readonly number?: unknown };
    readonly comment?: { readonly body?: unknown; readonly user?: { login?: unknown; type?: unknown } };
  };
  if (context.eventName !== 'issue_comment' || action !== 'created') return 'the event is no new comment';
  const { login, type } = comment?.user ?? {};
  if (type !== 'User' || typeof login !== 'string') return 'the comment was not written by a person';
  const command = readCommand(typeof comment?.body === 'string' ? comment.body : '');
  if (command.kind === 'talk') return 'the comment holds no command';
  if (typeof issue?.number !== 'number') return 'the event names no thread';
  return { thread: issue.number, digits: command.kind === 'command' ? command.digits : '', author: login };
}

/** The newest request that is still open and asked this person; a command that fails its form wakes the run for its reply. */
function chooseRequest(requests: readonly Request[], { digits, author }: Asked): Request | string {
  const open = requests.filter(({ end }) => end === null);
  if (open.length === 0) return 'no request in this thread is open';
  const fitting = open.filter(({ marker }) => digits === '' || digitsOf(marker.subject) === digits);
  const request = (fitting.length > 0 ? fitting : open).at(-1);
  const listed = request?.marker.people.some((login) => key(login) === key(author)) === true;
  return listed && request !== undefined ? request : 'the comment was written by nobody who was asked';
}

/** The run once it has ended, or why there is nothing to wait for. */
async function endedRun(github: GitHub, request: Request, deps: Deps): Promise<ResumableRun | string> {
  const limit = deps.clock.now() + longestWait;
  for (;;) {
    const run = await readRun(github, request.marker.run);
    if (run.status === 'completed') return run;
    if (!request.parked.includes(run.run_attempt)) return `run ${run.id} is waiting by itself`;
    if (deps.clock.now() >= limit) throw refused(request, 'it has not ended since it stopped waiting');
    await deps.clock.sleep(interval, deps.signal);
  }
}

/** Two comments may come at once: when the run goes on already, the second has nothing left to do. */
async function rerun(github: GitHub, id: number): Promise<void> {
  const route = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs';
  try {
    await github.request(route, { run_id: id });
  } catch (error) {
    if (statusOf(error) !== 403 || (await readRun(github, id)).status === 'completed') throw error;
  }
}

async function readRun(github: GitHub, id: number): Promise<ResumableRun> {
  const { data } = await github.request<ResumableRun>('GET /repos/{owner}/{repo}/actions/runs/{run_id}', {
    run_id: id,
  });
  return data;
}

function refused({ marker }: Request, problem: string): ReturnType<typeof failure> {
  return failure('not-resumable', {
    message: `run ${marker.run} was expected to be one that can go on: ${problem}`,
    hint: 'Re-run all jobs of the run, or push the branch again: that asks for a new approval.',
    outputs: { resumed: 'false' },
  });
}

async function idle({ core }: Deps, reason: string): Promise<ActionResult> {
  core.info(`nothing to resume: ${reason}`);
  await core.appendSummary(`Nothing to resume: ${escapeMarkdown(reason)}.\n`);
  return { outputs: { resumed: 'false' } };
}
