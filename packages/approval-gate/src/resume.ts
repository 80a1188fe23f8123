// Mode `resume`: a comment makes a parked run go on. It decides nothing; the run reads all comments itself.
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { escapeMarkdown, link } from '@headgate/kit/summary';
import { failure } from './failures.js';
import type { ResumeInputs } from './inputs.js';
import { type Request, requestsIn } from './requests.js';
import { type ResumableRun, readRun, refuseResume, rerunFailedJobs } from './resumable-run.js';
import { chooseRequest, readEvent } from './resuming-comment.js';
import { openThread, type Thread } from './thread.js';

/** A run that has said it parks still has to end; the job that resumes it ends before its own limit. Milliseconds. */
const longestWait = 8 * 60_000;
const interval = 10_000;

/**
 * Re-runs the failed jobs of the run that the comment's request belongs to, if it is parked.
 * A comment that belongs to no parked run is no failure: `resumed` is then `false`, and the log says why.
 * @throws {ActionError} `not-resumable` when the run is parked and cannot be run again.
 */
export async function resume(inputs: ResumeInputs, deps: Deps): Promise<ActionResult> {
  const asked = readEvent(deps.context);
  if (typeof asked === 'string') return await idle(deps, asked);
  const github = await deps.connectGitHub(inputs.token);
  const thread = openThread(github, asked.thread);
  const request = chooseRequest(requestsIn((await thread.read()).comments, inputs.bot), asked);
  if (typeof request === 'string') return await idle(deps, request);
  const read = (id: number): Promise<ResumableRun> => readRun(github, id);
  const run = await endedRun(read, request, deps);
  if (run === null) return await idle(deps, `run ${request.marker.run} is waiting by itself`);
  if (await hasEnded(thread, inputs.bot, request)) return await idle(deps, 'it was decided in the meantime');
  const problem = refuseResume(run, {
    own: await read(deps.context.runId),
    request,
    branch: inputs.productionBranch,
    now: deps.clock.now(),
  });
  if (problem !== null) throw refused(request, problem);
  await rerunFailedJobs(github, run.id);
  deps.core.info(`run ${run.id} goes on: ${run.html_url}`);
  await deps.core.appendSummary(`${link(`Run ${run.id}`, run.html_url)} goes on.\n`);
  return { outputs: { resumed: 'true', url: request.comment.url, id: String(request.comment.id) } };
}

/** The run once it has ended or has had the time for it; null when a job of it is still looking at the comments. */
async function endedRun(
  read: (id: number) => Promise<ResumableRun>,
  request: Request,
  { clock, signal }: Deps,
): Promise<ResumableRun | null> {
  const limit = clock.now() + longestWait;
  for (;;) {
    const run = await read(request.marker.run);
    if (run.status === 'completed') return run;
    if (!request.parked.includes(run.run_attempt)) return null;
    if (clock.now() >= limit) return run;
    await clock.sleep(interval, signal);
  }
}

/** The job that parked looks once more after it said so, and may have found what it waited for. */
async function hasEnded(thread: Thread, bot: string, { marker }: Request): Promise<boolean> {
  const now = requestsIn((await thread.read()).comments, bot);
  return now.find((request) => request.marker.nonce === marker.nonce)?.end !== null;
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
