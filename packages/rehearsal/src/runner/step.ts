// One step from its condition to its result, in as many attempts as people ask for.
import type { Scope } from '../engine/expression.js';
import { messageOf } from '../engine/problem.js';
import type { Conclusion } from '../model.js';
import { remember, waitWith } from './retry.js';
import { addStep, beginStep, endStep, reportError, type Session } from './session.js';
import { attempt, type Decided, decide, type StepEnd } from './step-attempt.js';
import type { StepUnit, Trial } from './step-unit.js';

/** Tries the step until it has ended for good; where failures pause, that may take several attempts. */
async function attempts(
  session: Session,
  step: Trial & { readonly title: string },
  first: Decided,
): Promise<StepEnd> {
  const { title } = step;
  let { unit, state } = step;
  const notes = session.plan.state.annotations.length;
  for (let count = 1; ; count += 1) {
    session.trouble.action = null;
    const restore = remember(session, state);
    const decided = count === 1 ? () => first : () => decide(session, unit);
    const end = await attempt(session, unit, state, decided);
    const failed = end.outcome === 'failure' && !end.forgiven;
    const next = failed
      ? await waitWith(session, { unit, state, title, attempts: count, notes }, restore)
      : null;
    if (next === null) {
      if (count > 1) session.options.pausing?.pauses.settled(session.plan.state.id, !failed);
      return end;
    }
    ({ unit, state } = next);
  }
}

/** A name that cannot be evaluated fails nothing. Source: `StepsRunner` of actions/runner. */
function titleOf(unit: StepUnit, scope: Scope): string {
  try {
    return unit.title(scope);
  } catch {
    return unit.action;
  }
}

/** Runs a step and records its result; the job's status follows. Never rejects. */
export async function runStep(
  session: Session,
  unit: StepUnit,
  state: Record<string, string> = {},
): Promise<void> {
  if (session.plan.lost.aborted) return;
  let end: StepEnd = { outcome: 'failure', outputs: {}, forgiven: false };
  let shown: ReturnType<typeof addStep> | null = null;
  try {
    const parts = decide(session, unit);
    const title = titleOf(unit, parts.scope);
    shown = unit.listed ? addStep(session, title) : null;
    if (!parts.runs()) {
      end = { ...end, outcome: 'skipped' };
    } else {
      if (shown !== null) beginStep(session, shown);
      session.log.line(`##[group]${title}`);
      session.log.line('##[endgroup]');
      end = unit.listed
        ? await attempts(session, { unit, state, title }, parts)
        : await attempt(session, unit, state, () => parts);
    }
  } catch (error) {
    reportError(session, messageOf(error));
  }
  const { outcome, outputs } = end;
  const conclusion: Conclusion = end.forgiven ? 'success' : outcome;
  if (shown !== null) endStep(session, shown, conclusion);
  // Steps without an id of their own are in no context. Source: `ExecutionContext` of actions/runner.
  if (unit.id !== '' && !unit.id.startsWith('__'))
    session.results.set(unit.id, { outcome, conclusion, outputs });
  if (conclusion === 'failure' && session.status === 'success') session.status = 'failure';
  if (conclusion === 'cancelled') session.status = 'cancelled';
}
