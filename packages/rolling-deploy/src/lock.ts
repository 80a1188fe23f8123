// One deployment of a service at a time: a file on the host that names its owner and expires when the owner is lost.
import type { Clock } from '@headgate/kit/clock';
import { DeployError } from './errors.js';
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
}

export interface Lock {
  /** Moves the expiry on. @throws {DeployError} locked, when somebody else took it meanwhile */
  renew(): Promise<void>;
  /** Gives the lock back if it is still ours. */
  release(): Promise<void>;
}

interface Holder {
  readonly owner: string;
  readonly url: string;
  readonly expiresAt: number;
}

/** Renewing more often than this part of the expiry gains nothing. */
const renewalShare = 0.1;

/** @throws {DeployError} locked */
export async function acquireLock(options: LockOptions): Promise<Lock> {
  const { files, clock, path, owner, url, expiryMs } = options;
  const content = (): string => JSON.stringify({ owner, url, expiresAt: clock.now() + expiryMs });
  for (let attempt = 0; !(await createFile(options, content())); attempt += 1) {
    const text = await files.read(path);
    const holder = holderOf(text);
    const free = holder === null || holder.owner === owner || holder.expiresAt <= clock.now();
    if (!free || attempt >= 3) throw locked(path, holder);
    if (text !== null) await takeAway(text, options);
  }
  let renewedAt = clock.now();
  const ours = async (): Promise<boolean> => holderOf(await files.read(path))?.owner === owner;
  return {
    renew: async () => {
      if (clock.now() - renewedAt < expiryMs * renewalShare) return;
      if (!(await ours())) throw locked(path, holderOf(await files.read(path)));
      await files.replace(path, content());
      renewedAt = clock.now();
    },
    release: async () => {
      if (await ours()) await files.remove(path);
    },
  };
}

async function createFile({ files, path }: LockOptions, content: string): Promise<boolean> {
  try {
    return await files.create(path, content);
  } catch (cause) {
    throw new DeployError({
      code: 'lock-unusable',
      message: `the lock ${path} could not be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'Create the folder for this user, or set lock-directory to one it may write to.',
      cause,
    });
  }
}

/** Removes the lock only if it still is the one that was read: of two who see it expired, one wins. */
async function takeAway(expected: string, { files, path, clock }: LockOptions): Promise<void> {
  const aside = `${path}.expired-${clock.now()}-${process.getBuiltinModule('node:crypto').randomUUID()}`;
  if (!(await files.move(path, aside))) return;
  const moved = await files.read(aside);
  if (moved !== null && moved !== expected) await files.create(path, moved);
  await files.remove(aside);
}

function holderOf(text: string | null): Holder | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    const { owner, url, expiresAt }: { owner?: unknown; url?: unknown; expiresAt?: unknown } = value;
    if (typeof owner !== 'string' || typeof url !== 'string' || typeof expiresAt !== 'number') return null;
    return { owner, url, expiresAt };
  } catch {
    // Unreadable: nobody can renew it, so nobody holds it.
    return null;
  }
}

function locked(path: string, holder: Holder | null): DeployError {
  const until = holder === null ? '' : ` until ${new Date(holder.expiresAt).toISOString()} unless renewed`;
  return new DeployError({
    code: 'locked',
    message: `another deployment of this service is under way: ${holder?.url ?? 'unknown'} holds ${path}${until}`,
    hint: 'Wait for that run, or remove the file on the host when that run is certainly dead.',
  });
}
