// A new attempt of a run: what is remembered of the former one, and who asked.
import { problem } from './problem.js';
import type { RunRecord } from './run-record.js';

/** Jobs that succeeded are remembered unless all run again. */
export function beginAttempt(record: RunRecord, what: 'failed' | 'all', login: string): void {
  if (record.state.status !== 'completed') {
    const { id } = record.state;
    throw problem('event-invalid', `run ${id} is still going on`, 'Cancel it or wait for its end.');
  }
  if (what === 'all') forget(record);
  const { state } = record;
  const { attempt, conclusion, completedAt, triggeringActor = state.event.actor } = state;
  state.formerAttempts = [
    ...(state.formerAttempts ?? []),
    { attempt, conclusion, completedAt, triggeringActor },
  ];
  // The actor of the event stays `github.actor`, and its privileges count.
  // Source: https://docs.github.com/actions/how-tos/manage-workflow-runs/re-run-workflows-and-jobs
  Object.assign(state, {
    attempt: attempt + 1,
    triggeringActor: login,
    status: 'queued',
    conclusion: null,
    completedAt: null,
  });
  delete record.state.problem;
}

/** The references of called workflows are looked up again too; with failed jobs those of the first attempt stay. */
function forget(record: RunRecord): void {
  record.memory.clear();
  record.tree = null;
  record.state.referencedWorkflows.length = 0;
}
