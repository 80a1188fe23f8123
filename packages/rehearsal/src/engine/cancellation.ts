// Cancels: of a run, of a call, of one leg. A child ends with its parent, never the other way round.

export interface Cancellation {
  readonly signal: AbortSignal;
  cancel(reason: string): void;
  /** One more level down. */
  child(): Cancellation;
}

/** The reason when the whole rehearsal ends: then not even `if: always()` starts or keeps a job. */
export const rehearsalEnds = 'The rehearsal ends.';

/** Why a signal was aborted. */
export function reasonOf(signal: AbortSignal): string {
  return typeof signal.reason === 'string' ? signal.reason : 'The run was canceled.';
}

/**
 * A signal that aborts with the first of several, synchronously and with its reason. By listeners rather than
 * `AbortSignal.any`, which holds its followers weakly.
 */
export function firstOf(...signals: readonly AbortSignal[]): AbortSignal {
  const follower = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) follower.abort(signal.reason);
    else signal.addEventListener('abort', () => follower.abort(signal.reason), { once: true });
  }
  return follower.signal;
}

export function createCancellation(parent?: AbortSignal): Cancellation {
  const own = new AbortController();
  const signal = parent === undefined ? own.signal : firstOf(parent, own.signal);
  return {
    signal,
    cancel: (reason) => own.abort(reason),
    child: () => createCancellation(signal),
  };
}
