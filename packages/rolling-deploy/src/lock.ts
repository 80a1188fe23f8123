// One deployment of a service at a time: a lease on the host that names its owner, and expires when the owner is lost.
import type { Clock } from '@headgate/kit/clock';
import { DeployError } from './errors.js';
import { takeOver } from './lock-takeover.js';
import { type Holder, holderOf, writeHolder } from './lock-text.js';
import { cancelled } from './steps.js';
import type { HostFiles } from './transport.js';

export interface LockOptions {
  readonly files: HostFiles;
  readonly clock: Clock;
  readonly path: string;
  /** The same for every step of one workflow run: a run takes over its own lock. */
  readonly owner: string;
  /** For people: the run's address. */
  readonly url: string;
  /** Milliseconds without a renewal after which anybody may take it. */
  readonly expiryMs: number;
  readonly log?: (line: string) => void;
  /** Ends the wait for a lease that is not renewed. */
  readonly signal?: AbortSignal;
}

export interface Lock {
  /** Grows with each taking: who took it before, also the same run, has it no longer. */
  readonly generation: number;
  /** Moves the expiry on, unless that was done just now. @throws {DeployError} locked, lock-unusable */
  renew(): Promise<void>;
  /**
   * Before each change: it was seen to be ours less than half an expiry ago, or is looked at now. So whoever takes it
   * after a whole expiry without a renewal finds nothing under way but calls that began half of it ago.
   * @throws {DeployError} locked, once somebody else took it
   */
  hold(): Promise<void>;
  /** Gives the lock back if it is still ours. */
  release(): Promise<void>;
}

/** Renewing more often than this part of the expiry gains nothing. */
const renewalShare = 0.1;
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

interface Taken {
  readonly generation: number;
  /** Milliseconds since the epoch: the lease may be counted from then on, and not from later. */
  readonly began: number;
}

function heldLock({ generation, began: takenAt }: Taken, options: LockOptions): Lock {
  const { files, clock, path, owner, expiryMs } = options;
  let confirmedAt = takenAt;
  let lost: DeployError | null = null;
  const lose = (error: DeployError): DeployError => {
    lost ??= error;
    return lost;
  };
  const look = async (): Promise<string> => {
    const text = await files.read(path);
    const holder = holderOf(text);
    if (text !== null && holder?.owner === owner && holder.generation === generation) return text;
    throw lose(locked(path, holder));
  };
  const write = async (text: string, began: number): Promise<void> => {
    if (began - confirmedAt < expiryMs) {
      await files.replace(path, writeHolder(generation, options));
      // Written so late that it may have been somebody else's by then, who finds it ours and stops: nobody goes on.
      if (clock.now() - confirmedAt >= expiryMs) throw lose(tooLate(path));
    } else if (!(await putInPlace(text, generation, options))) throw lose(tooLate(path));
    confirmedAt = began;
  };
  const renewNow = async (): Promise<void> => {
    const began = clock.now();
    const text = await look();
    await write(text, began).catch((cause: unknown) => {
      throw lost ?? unusable(options, cause);
    });
  };
  const renew = inOne(renewNow);
  const renewAfter = async (ms: number): Promise<void> => {
    if (lost !== null) throw lost;
    if (clock.now() - confirmedAt >= ms) await renew();
  };
  return {
    generation,
    renew: () => renewAfter(expiryMs * renewalShare),
    // A file that cannot be written is nobody else's either; what is begun may be brought to its end.
    hold: () =>
      renewAfter(expiryMs / 2).catch(async () => {
        if (lost !== null) throw lost;
        await look();
      }),
    release: async () => {
      if (lost === null)
        await look().then(
          () => files.remove(path),
          () => undefined,
        );
    },
  };
}

/** One at a time: a renewal that is slow must not come after a later one. */
function inOne(work: () => Promise<void>): () => Promise<void> {
  let under: Promise<void> | null = null;
  return () => {
    under ??= work().finally(() => {
      under = null;
    });
    return under;
  };
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
    throw unusable(options, cause);
  }
}

function putInPlace(expected: string, generation: number, options: LockOptions): Promise<boolean> {
  return takeOver({ expected, text: () => writeHolder(generation, options) }, options);
}

function unusable({ path }: LockOptions, cause: unknown): DeployError {
  if (cause instanceof DeployError) return cause;
  return new DeployError({
    code: 'lock-unusable',
    message: `the lock ${path} could not be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: 'Create the folder for this user, or set lock-directory to one it may write to.',
    cause,
  });
}

function locked(path: string, holder: Holder | null): DeployError {
  const until = holder === null ? '' : ` until ${new Date(holder.expiresAt).toISOString()} unless renewed`;
  return new DeployError({
    code: 'locked',
    message: `another deployment of this service is under way: ${holder?.url ?? 'unknown'} holds ${path}${until}`,
    hint: 'Wait for that run, or remove the file on the host when that run is certainly dead.',
  });
}

function tooLate(path: string): DeployError {
  return new DeployError({
    code: 'locked',
    message: `${path} was renewed too late: another run may have taken it meanwhile`,
    hint: 'Look why the runner or the host stood still, or raise lock-expiry; then deploy again.',
  });
}
