// Failed steps that wait for somebody: the job stays as it is until the step is tried again or given up.

import type { EditedFolders } from './edits.js';

/** What people need to know to work on it; masked, no value of the environment in it. */
export interface PausedStep {
  readonly runId: number;
  readonly jobId: number;
  /** As GitHub shows it: `caller / callee (leg)`. */
  readonly job: string;
  readonly step: string;
  readonly attempts: number;
  /** Errors of the newest attempt. */
  readonly cause: readonly string[];
  /** The last lines of its log. */
  readonly tail: readonly string[];
  /** `file:line` of the step. */
  readonly workflow: string;
  /** `file:line` in the action, or the action's own file; null for a script. */
  readonly action: string | null;
  /** The job's workspace. */
  readonly folder: string;
  readonly logFile: string;
}

/** Given to a runner whose failures pause. */
export interface Pausing {
  readonly pauses: Pauses;
  readonly edits: EditedFolders;
}

export type Decision = 'retry' | 'give-up';
/** `gone`: the job ended before, by a cancel or because the rehearsal ended. */
export type RetryEnd = 'passed' | 'failed' | 'given-up' | 'gone';

export interface Pauses {
  /** Whether failures pause now; a story switches it off where a failure is what it expects. */
  wanted: boolean;
  /** Whether anything was tried again: from then on edits are laid over what jobs check out. */
  readonly retried: boolean;
  /** Paths that were edited for it, as they were brought into jobs. */
  readonly edited: Set<string>;
  /** Waits for the decision; an aborted signal gives up. */
  hold(step: PausedStep, signal: AbortSignal): Promise<Decision>;
  /** A step that was tried again ended for good. */
  settled(jobId: number, passed: boolean): void;
  /** What waits now, oldest first. */
  list(): readonly PausedStep[];
  /** Decides for a paused job and tells how the step ended then; null when that job is not paused. */
  decide(jobId: number, decision: Decision): Promise<RetryEnd> | null;
  /** Milliseconds so far in which a job (any, unless said) was paused. */
  heldMs(jobId?: number): number;
}

interface Held {
  readonly step: PausedStep;
  readonly since: number;
  readonly decide: (decision: Decision) => void;
}

/** `onChange` is told when something pauses or goes on. */
export function createPauses(
  now: () => number,
  onChange: (pauses: Pauses) => void = () => undefined,
): Pauses {
  const held = new Map<number, Held>();
  const awaited = new Map<number, (end: RetryEnd) => void>();
  const ended: { readonly jobId: number; readonly from: number; readonly to: number }[] = [];
  const answer = (jobId: number, end: RetryEnd): void => {
    awaited.get(jobId)?.(end);
    awaited.delete(jobId);
  };
  let retried = false;
  const pauses: Pauses = {
    wanted: true,
    edited: new Set(),
    get retried() {
      return retried;
    },
    async hold(step, signal) {
      const { jobId } = step;
      const since = now();
      const decision = await new Promise<Decision>((decide) => {
        held.set(jobId, { step, since, decide });
        signal.addEventListener('abort', () => decide('give-up'), { once: true });
        if (signal.aborted) decide('give-up');
        answer(jobId, 'failed');
        onChange(pauses);
      });
      held.delete(jobId);
      ended.push({ jobId, from: since, to: now() });
      if (signal.aborted) answer(jobId, 'gone');
      else if (decision === 'give-up') answer(jobId, 'given-up');
      onChange(pauses);
      return decision;
    },
    settled: (jobId, passed) => answer(jobId, passed ? 'passed' : 'gone'),
    list: () => [...held.values()].map(({ step }) => step),
    decide(jobId, decision) {
      const found = held.get(jobId);
      if (found === undefined || awaited.has(jobId)) return null;
      retried ||= decision === 'retry';
      return new Promise((resolve) => {
        awaited.set(jobId, resolve);
        found.decide(decision);
      });
    },
    heldMs(jobId) {
      const open = [...held].map(([id, { since }]) => ({ jobId: id, from: since, to: now() }));
      return covered([...ended, ...open].filter((each) => jobId === undefined || each.jobId === jobId));
    },
  };
  return pauses;
}

/** The length of the union: two jobs that are paused at once hold a story up once. */
function covered(spans: readonly { readonly from: number; readonly to: number }[]): number {
  let end = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const { from, to } of [...spans].sort((left, right) => left.from - right.from)) {
    sum += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return sum;
}
