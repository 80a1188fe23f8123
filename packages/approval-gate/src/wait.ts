// Mode `wait`: looks at the comments until they decide, the time is over, or the job must make room.
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { ActionError } from '@headgate/kit/errors';
import { type EndNews, endText } from './end-text.js';
import { type FailureCode, failure } from './failures.js';
import { type Gate, involvedIn, isAltered, openGate } from './gate.js';
import type { GateInputs } from './inputs.js';
import type { Outcome } from './outcome.js';
import { resultOf, summaryOf } from './report.js';
import type { Request } from './requests.js';
import { postComment } from './thread.js';
import { watch } from './watch.js';
import { alteredFailure } from './watch-failures.js';

/**
 * Waits for the decision on this run's request.
 * @returns a failure with the decision's name as its code for everything but an approval.
 * @throws {ActionError} `request-missing`, `request-altered`, and what reading the record and GitHub throw.
 */
export async function wait(inputs: GateInputs, deps: Deps): Promise<ActionResult> {
  const started = deps.clock.now();
  const gate = await openGate(inputs, deps);
  const request = requireRequest(gate);
  const { excluded } = await involvedIn(gate, request);
  const outcome = await watch({ gate, request, excluded, parkAt: started + inputs.parkAfter });
  const { content } = gate;
  if (outcome.news !== null) await announce(gate, outcome.request, outcome.news);
  const { approvals, decision } = outcome;
  const place = { url: request.comment.url, deadline: request.marker.deadline };
  const { groups } = inputs.policy;
  await deps.core.appendSummary(summaryOf({ content, groups, excluded, ...place, approvals, decision }));
  const error = outcome.error ?? failureOf(outcome, inputs.environment);
  return resultOf({ decision, content, request, approvals, failure: error });
}

function requireRequest(gate: Gate): Request {
  const { request, inputs } = gate;
  if (request === null) {
    throw failure('request-missing', {
      message: `a request for ${inputs.environment} by this run, for this subject and these groups, was expected; none was found`,
      hint: 'Run `mode: request` with the same inputs before `mode: wait`; re-run all jobs if somebody deleted it.',
      outputs: { decision: 'error' },
    });
  }
  if (isAltered(request, gate)) throw alteredFailure(request);
  return request;
}

/** Told once, and never a reason to fail: the decision is made of the comments, not of this one. */
async function announce({ github, surface, deps }: Gate, request: Request, news: EndNews): Promise<void> {
  if (surface === null || request.end !== null) return;
  try {
    await postComment(github, surface.number, endText(request.marker, news));
  } catch (error) {
    if (!(error instanceof ActionError) || deps.signal.aborted) throw error;
    deps.core.warning(`the decision could not be written into the thread: ${error.message}`);
  }
}

const hints = {
  rejected:
    'Settle the objection; then re-run all jobs of this run, which asks anew, or deliver a new version.',
  'timed-out': 'Re-run all jobs of this run to ask anew; `expires` says how long people have.',
  superseded: 'Approve the newer request; to bring an older version back, deliver it again.',
  parked: 'Write the comment that the request asks for: it makes this run go on. Or re-run the failed jobs.',
} as const satisfies Partial<Record<FailureCode, string>>;

function failureOf({ decision, by }: Outcome, environment: string): ActionError | null {
  if (decision === 'approved' || decision === 'error') return null;
  const code = decision === 'pending' ? 'parked' : decision;
  const found = {
    parked: 'nobody has decided yet, and this job must make room',
    rejected: `${by ?? 'somebody'} objected`,
    'timed-out': 'the time was over before enough people had approved',
    superseded: `a newer request took its place${by === null ? '' : `: ${by}`}`,
  }[code];
  return failure(code, {
    message: `an approval for ${environment} was expected: ${found}`,
    hint: hints[code],
  });
}
