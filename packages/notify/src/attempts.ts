// Sending with at most three tries inside one deadline, all of it by the injected clock.
import type { Clock } from '@headgate/kit/clock';

/** Why a try failed. `retryAfterMs`: what the receiver asked for. */
export interface Fault {
  readonly kind: 'failed';
  readonly code: FaultCode;
  /** One sentence without address or secret. */
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
}
export type Attempt = { readonly kind: 'delivered' } | Fault;

export type FaultCode =
  | 'smtp-unreachable'
  | 'smtp-tls'
  | 'smtp-auth'
  | 'smtp-refused'
  | 'recipients-refused'
  | 'webhook-unreachable'
  | 'webhook-address'
  | 'webhook-redirect'
  | 'webhook-refused'
  | 'payload-too-large'
  | 'channel-secret'
  | 'timed-out';

export type Outcome =
  | { readonly kind: 'delivered'; readonly tries: number }
  | { readonly kind: 'failed'; readonly tries: number; readonly code: FaultCode; readonly message: string };

export interface Limits {
  readonly clock: Clock;
  /** The job was cancelled: rejects with its reason. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch after which nothing begins or goes on. */
  readonly end: number;
}

const mostTries = 3;
/** Milliseconds one try may take, and pauses before the second and third: 18 s and 2 s fill the longest deadline. */
const tryMs = 6000;
const pauses = [500, 1500] as const;

/** Calls `send` until it delivers, fails for good, or tries or time are used up. */
export async function deliver(
  send: (signal: AbortSignal) => Promise<Attempt>,
  limits: Limits,
): Promise<Outcome> {
  const { clock, signal, end } = limits;
  for (let tries = 1; ; tries += 1) {
    const attempt = await limited(send, limits);
    if (attempt.kind === 'delivered') return { kind: 'delivered', tries };
    const { code, message } = attempt;
    const pause = Math.max(pauses[tries - 1] ?? 0, attempt.retryAfterMs ?? 0);
    if (!attempt.retryable || tries >= mostTries || clock.now() + pause >= end) {
      return { kind: 'failed', tries, code, message };
    }
    await clock.sleep(pause, signal);
  }
}

async function limited(send: (signal: AbortSignal) => Promise<Attempt>, limits: Limits): Promise<Attempt> {
  const { clock, signal, end } = limits;
  signal.throwIfAborted();
  const ms = Math.max(0, Math.min(tryMs, end - clock.now()));
  const [over, settled] = [new AbortController(), new AbortController()];
  const timeout = clock.sleep(ms, AbortSignal.any([signal, settled.signal])).then((): Attempt => {
    over.abort(new Error('the try took too long'));
    return { kind: 'failed', code: 'timed-out', message: `no answer within ${ms} ms`, retryable: true };
  });
  const sending = send(AbortSignal.any([signal, over.signal]));
  // Whoever loses the race may still reject: nobody is left to hear it.
  for (const each of [timeout, sending]) each.catch(() => undefined);
  try {
    return await Promise.race([timeout, sending]);
  } finally {
    settled.abort();
  }
}
