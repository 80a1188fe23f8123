// What may end a step early: the cancel of its job, its own time limit.
import { rehearsalEnds } from '../engine/cancellation.js';
import type { Session } from './session.js';

/** Ends the step when the job is cancelled, unless its condition holds even then, or when its time is over. */
export function watchCancel(session: Session, conditionHolds: () => boolean): AbortController {
  const stop = new AbortController();
  const { lost } = session.plan;
  // Told apart from the cancel, which may have come before and left this step alone.
  const gone = (): void => stop.abort(lost.reason);
  lost.addEventListener('abort', gone);
  stop.signal.addEventListener('abort', () => lost.removeEventListener('abort', gone));
  const cancelled = (): void => {
    if (lost.aborted) gone();
    else if (session.signal.reason === rehearsalEnds || !conditionHolds()) stop.abort('cancelled');
  };
  if (!session.signal.aborted) {
    session.signal.addEventListener('abort', cancelled);
    stop.signal.addEventListener('abort', () => session.signal.removeEventListener('abort', cancelled));
  }
  return stop;
}

/** Does the work; aborts `stop` when `minutes` (0: no limit) are over. */
export async function withinTime(
  session: Session,
  minutes: number,
  stop: AbortController,
  work: () => Promise<number>,
): Promise<{ code: number; timedOut: boolean }> {
  const done = new AbortController();
  let timedOut = false;
  if (minutes > 0) {
    session.options.clock.sleep(minutes * 60_000, done.signal).then(
      () => {
        timedOut = true;
        stop.abort('timeout');
      },
      () => undefined,
    );
  }
  try {
    const code = await work();
    return { code, timedOut };
  } finally {
    done.abort();
  }
}
