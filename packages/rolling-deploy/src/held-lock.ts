// A lock that is ours: renewed by the clock, looked at before each change, given back at the end.
import type { Clock } from '@headgate/kit/clock';
import type { DeployError } from './errors.js';
import { locked, tooLate, unusable } from './lock-errors.js';
import { takeOver } from './lock-takeover.js';
import { holderOf, writeHolder } from './lock-text.js';
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

export interface Taken {
  readonly generation: number;
  /** Milliseconds since the epoch: the lease may be counted from then on, and not from later. */
  readonly began: number;
}

export function heldLock({ generation, began: takenAt }: Taken, options: LockOptions): Lock {
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
      throw lost ?? unusable('lock', path, cause);
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

/** Whether what stands there is as expected, and ours then. */
export function putInPlace(expected: string, generation: number, options: LockOptions): Promise<boolean> {
  return takeOver({ expected, text: () => writeHolder(generation, options) }, options);
}
