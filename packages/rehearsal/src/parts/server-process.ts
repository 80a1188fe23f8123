// A server as a child in a process group of its own: started, waited for until it answers, ended with the rehearsal.
import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import type { Clock } from '@headgate/kit/clock';
import { endedWithParent } from './parent-death.js';
import { PartError } from './part-error.js';

export interface ServerCommand {
  /** For messages: `registry`, `HAProxy`. */
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly logFile: string;
  /** True as soon as it answers; asked every 25 ms. */
  readonly ready: () => Promise<boolean>;
  /** Milliseconds until it must answer. */
  readonly deadlineMs: number;
}

export interface ServerProcess {
  readonly pid: number;
  /** Ends it: SIGTERM, after three seconds SIGKILL. Resolves when it is gone; may be called again. */
  stop(): Promise<void>;
}

const stopGraceMs = 3_000;

/**
 * Starts a server and resolves when it answers.
 * @throws {PartError} `tool-missing` when there is no such program, `part-not-ready` with the log's end otherwise.
 */
export async function startServer(command: ServerCommand, clock: Clock): Promise<ServerProcess> {
  const log = await open(command.logFile, 'a');
  const [file, ...args] = await endedWithParent(command);
  const child = spawn(file, args, {
    cwd: command.cwd,
    env: { ...command.env },
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  const ended = endOf(child);
  await log.close();
  prefer(child.pid);
  const server = { pid: child.pid ?? 0, stop: () => stop(child, ended, clock) };
  try {
    await untilReady(command, ended, clock);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Builds on the same machine must not starve what customers talk to; only root may say so, others go without. */
export function prefer(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, -10);
  } catch {
    // EACCES for ordinary users, ESRCH when it has ended already.
  }
}

type End = { readonly error: NodeJS.ErrnoException | null };

function endOf(child: ChildProcess): { readonly promise: Promise<void>; current(): End | null } {
  let end: End | null = null;
  const promise = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      end ??= { error };
      resolve();
    });
    child.once('exit', () => {
      end ??= { error: null };
      resolve();
    });
  });
  return { promise, current: () => end };
}

async function untilReady(
  command: ServerCommand,
  ended: ReturnType<typeof endOf>,
  clock: Clock,
): Promise<void> {
  const deadline = clock.now() + command.deadlineMs;
  while (!(await command.ready())) {
    const end = ended.current();
    if (end?.error?.code === 'ENOENT') throw missing(command);
    if (end !== null) throw await notReady(command, 'ended before it answered');
    if (clock.now() >= deadline)
      throw await notReady(command, `did not answer within ${command.deadlineMs} ms`);
    await clock.sleep(25);
  }
}

async function stop(child: ChildProcess, ended: ReturnType<typeof endOf>, clock: Clock): Promise<void> {
  if (ended.current() !== null || child.pid === undefined) return;
  signalGroup(child.pid, 'SIGTERM');
  const over = new AbortController();
  const grace = clock.sleep(stopGraceMs, over.signal).catch(() => undefined);
  await Promise.race([ended.promise, grace]);
  // A timer that goes on would keep this process from ending.
  over.abort();
  if (ended.current() !== null) return;
  signalGroup(child.pid, 'SIGKILL');
  await ended.promise;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function missing(command: ServerCommand): PartError {
  return new PartError({
    code: 'tool-missing',
    message: `the ${command.name} needs the program "${command.file}", which was not found`,
    hint: 'Install it, or let "npm run setup" of the Headgate checkout fetch it.',
  });
}

async function notReady(command: ServerCommand, what: string): Promise<PartError> {
  const tail = (await readFile(command.logFile, 'utf8')).trim().split('\n').slice(-5).join('\n');
  return new PartError({
    code: 'part-not-ready',
    message: `the ${command.name} ${what}${tail === '' ? '' : `:\n${tail}`}`,
    hint: `Start it by hand to see why: ${command.file} ${command.args.join(' ')}`,
  });
}
