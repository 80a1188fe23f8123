// One deployment of a service at a time: a lease on the host that names its owner, and expires when the owner is lost.
import { DeployError } from './errors.js';
import { heldLock, type Lock, type LockOptions, putInPlace } from './held-lock.js';
import { locked, unusable } from './lock-errors.js';
import { type Holder, holderOf, writeHolder } from './lock-text.js';
import { cancelled } from './steps.js';

const mostAttempts = 3;

/** Waits for at most one expiry while nobody renews it. @throws {DeployError} locked, lock-unusable */
export async function acquireLock(options: LockOptions): Promise<Lock> {
  const { files, clock, path, owner } = options;
  let held: Holder | null = null;
  for (let attempt = 0; attempt <= mostAttempts; attempt += 1) {
    const began = clock.now();
    if (await createFile(options, began)) return heldLock({ generation: began, began }, options);
    const text = await files.read(path);
    held = holderOf(text);
    if (text === null) continue;
    if (held !== null && held.owner !== owner) {
      const end = await watch(text, held, options);
      if (end === 'renewed') break;
      if (end === 'gone') continue;
    }
    // Clocks differ from runner to runner; the number grows all the same.
    const generation = Math.max(clock.now(), (held?.generation ?? 0) + 1);
    const mine = { generation, began: clock.now() };
    if (await putInPlace(text, generation, options)) return heldLock(mine, options);
  }
  throw locked(path, holderOf(await files.read(path)) ?? held);
}

/** Whether somebody renews it, by our own clock: theirs may differ. */
async function watch(
  text: string,
  holder: Holder,
  { files, clock, path, log, signal }: LockOptions,
): Promise<'renewed' | 'gone' | 'lost'> {
  const late = clock.now() - holder.expiresAt;
  // Written by a version that renewed it before steps only.
  if (holder.leaseMs === null) return late >= 0 ? 'lost' : 'renewed';
  if (late >= certainlyLostMs) return 'lost';
  log?.(`${holder.url} holds the lease on this service: watching whether it is renewed`);
  const watchMs = late >= 0 ? holder.leaseMs / 2 : holder.leaseMs;
  for (const began = clock.now(); clock.now() - began < watchMs; ) {
    await clock.sleep(Math.min(holder.leaseMs / 10, 1_000), signal).catch(() => {
      throw cancelled();
    });
    const now = await files.read(path);
    if (now === null) return 'gone';
    if (now !== text) return 'renewed';
  }
  return 'lost';
}

/** Clocks of runners do not differ by more. */
const certainlyLostMs = 5 * 60_000;

async function createFile(options: LockOptions, generation: number): Promise<boolean> {
  try {
    return await options.files.create(options.path, writeHolder(generation, options));
  } catch (cause) {
    if (cause instanceof DeployError) throw cause;
    throw unusable('lock', options.path, cause);
  }
}
