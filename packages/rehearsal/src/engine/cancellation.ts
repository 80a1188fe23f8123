// Cancels: of a run, of a call, of one leg. A child ends with its parent, never the other way round.

export interface Cancellation {
  readonly signal: AbortSignal;
  cancel(reason: string): void;
  /** One more level down. */
  child(): Cancellation;
}

/** Why a signal was aborted. */
export function reasonOf(signal: AbortSignal): string {
  return typeof signal.reason === 'string' ? signal.reason : 'The run was canceled.';
}

export function createCancellation(parent?: AbortSignal): Cancellation {
  const own = new AbortController();
  const signal = parent === undefined ? own.signal : AbortSignal.any([parent, own.signal]);
  return {
    signal,
    cancel: (reason) => own.abort(reason),
    child: () => createCancellation(signal),
  };
}
