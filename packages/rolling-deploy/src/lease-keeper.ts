// Renews a lock as time goes by, whatever the deployment waits for meanwhile, and keeps whoever lost it from acting.
import type { Clock } from '@headgate/kit/clock';
import type { Lock, LockOptions } from './held-lock.js';
import { acquireLock } from './lock.js';
import type { Target } from './target.js';

/** Renewed at a third of the expiry until its release. @throws {DeployError} locked, lock-unusable */
export async function keepLock(options: LockOptions): Promise<Lock> {
  const lock = await acquireLock(options);
  await options.files.sweep(options.path).catch(() => undefined);
  const done = new AbortController();
  const keeping = keep(lock, options, done.signal);
  return {
    ...lock,
    release: async () => {
      done.abort();
      await keeping;
      await lock.release();
    },
  };
}

/** Ends when the lock is lost or given back; a renewal that fails is tried again, and shows before the next step. */
async function keep(
  lock: Lock,
  { clock, expiryMs }: { readonly clock: Clock; readonly expiryMs: number },
  signal: AbortSignal,
): Promise<void> {
  for (let lost = false; !lost && !signal.aborted; ) {
    await clock.sleep(expiryMs / 3, signal).catch(() => undefined);
    if (signal.aborted) return;
    await lock.renew().catch((error: unknown) => {
      lost = error instanceof Error && 'code' in error && error.code === 'locked';
    });
  }
}

/** Does nothing more, and asks nothing more, once the lock is somebody else's. */
export function fenced(target: Target, { hold }: Pick<Lock, 'hold'>): Target {
  const after =
    <A extends readonly unknown[], R>(work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      await hold();
      return work(...args);
    };
  return {
    ...target,
    ...(target.route === undefined ? {} : { route: after(target.route) }),
    read: after(target.read),
    prepare: after(target.prepare),
    start: after(target.start),
    resume: after(target.resume),
    observe: after(target.observe),
    answers: after(target.answers),
    admit: after(target.admit),
    join: after(target.join),
    split: after(target.split),
    drain: after(target.drain),
    dismiss: after(target.dismiss),
    counters: after(target.counters),
    stop: after(target.stop),
    remove: after(target.remove),
  };
}
