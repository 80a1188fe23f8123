// How long a cancelled run may take to end.
import type { Clock } from '@headgate/kit/clock';
import type { Runners } from './runners.js';

/** Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-cancellation */
const cancelMilliseconds = 5 * 60_000;

/** Ends what a cancel has not ended in time, `if: always()` or not. Returns what stops the watch. */
export function watchCancel(
  runId: number,
  { clock, runners }: { readonly clock: Clock; readonly runners: Runners },
  signal: AbortSignal,
): () => void {
  const ended = new AbortController();
  const cancelled = (): void => {
    clock.sleep(cancelMilliseconds, ended.signal).then(
      () => runners.endRun(runId),
      () => undefined,
    );
  };
  signal.addEventListener('abort', cancelled, { once: true });
  return () => {
    signal.removeEventListener('abort', cancelled);
    ended.abort();
  };
}
