// A job whose runner is gone: what GitHub writes down when nobody answers for it any more.
import { cancelOverdue } from '../engine/runners.js';
import type { JobEnd } from './job-plan.js';
import { killOrphans } from './orphans.js';
import { annotate, endStep, type Session } from './session.js';

/**
 * Ends the job as GitHub does some time after the last sign of life: failed, without outputs, its steps left where
 * they were. Source: https://docs.github.com/actions/how-tos/manage-runners/self-hosted-runners/monitor-and-troubleshoot
 * A job of a run that was cancelled and did not end in time is cancelled.
 */
export function loseJob(session: Session): JobEnd {
  killOrphans(session.trackingId);
  for (const step of session.plan.state.steps)
    if (step.status !== 'completed') endStep(session, step, 'cancelled');
  const overdue = session.plan.lost.reason === cancelOverdue;
  const message = overdue ? cancelOverdue : 'The self-hosted runner lost communication with the server.';
  annotate(session, { level: 'failure', message });
  return { conclusion: overdue ? 'cancelled' : 'failure', outputs: {} };
}
