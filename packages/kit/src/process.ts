// Child processes: argv arrays only, never a shell; an allow-listed environment; bounded memory.
import type { ChildProcess } from 'node:child_process';
import { childEnvironment as allowed, type Environment } from './environment.js';
import { ActionError } from './errors.js';
import { startLongCommand } from './long-process.js';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Added to the allow-listed environment (see `childEnvironment`). */
  readonly env?: Readonly<Record<string, string>>;
  /** Written to the child's standard input, which is closed otherwise. */
  readonly input?: string;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds until the child is killed; 60,000 unless said. */
  readonly timeoutMs?: number;
  /** Bytes kept of each stream; 10 MiB unless said. More is the error `output-too-large`. */
  readonly maxBytes?: number;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a short command and collects its output. A non-zero code is a result, not an error. */
export type RunCommand = (command: Command, options?: RunOptions) => Promise<CommandResult>;

export interface LongCommand extends Command {
  /** Receives stdout and stderr, in order of writing; the child writes it itself and so survives our death. */
  readonly logFile: string;
  /** The one signal sent on cancel or deadline. */
  readonly stopSignal: 'SIGINT' | 'SIGTERM';
  /** Milliseconds until the stop signal; required: every wait has an end. */
  readonly deadlineMs: number;
  /** Milliseconds between the stop signal and SIGKILL. */
  readonly graceMs: number;
  /** Called with each complete line of the log as it grows. */
  readonly onLine?: (line: string) => void;
  /** Characters after which a line is handed on in pieces; 65,536 unless said. */
  readonly longestLine?: number;
  /** Called once with the child's process id, so that a post step can wait for a child that outlives us. */
  readonly onStart?: (pid: number) => void;
}

export interface LongResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it was stopped, if it was. */
  readonly stopped: 'cancelled' | 'deadline' | null;
  /** The last 64 KiB of the log. */
  readonly tail: string;
}

/** Runs a long command in its own session (setsid), tailing its log. */
export type StartCommand = (command: LongCommand, signal: AbortSignal) => Promise<LongResult>;

/** The part of `env` that children get; see environment.ts for the list and its reason. */
export function childEnvironment(env: Environment): Record<string, string> {
  return allowed(env);
}

/**
 * Runs a short command with the allow-listed part of this process's environment.
 * @throws {ActionError} `tool-missing`, `command-timed-out`, `output-too-large`, or the signal's reason.
 */
export const runCommand: RunCommand = (command, options = {}) => {
  options.signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = process.getBuiltinModule('node:child_process').spawn(command.file, [...command.args], {
      ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
      env: { ...allowed(process.env), ...command.env },
      stdio: 'pipe',
      detached: true,
    });
    collect(child, command, { options, resolve, reject });
  });
};

/** Runs a long command; source of the rules: research on cancelling, facts 2 to 6 (one signal, own session, output to a file). */
export const startCommand: StartCommand = (command, signal) =>
  startLongCommand(command, { signal, env: { ...allowed(process.env), ...command.env } });

interface Collection {
  readonly options: RunOptions;
  readonly resolve: (result: CommandResult) => void;
  readonly reject: (reason: unknown) => void;
}

function collect(child: ChildProcess, command: Command, { options, resolve, reject }: Collection): void {
  const { signal, timeoutMs = 60_000, maxBytes = 10 * 1024 * 1024 } = options;
  let failure: unknown = null;
  const stop = (reason: unknown): void => {
    failure ??= reason;
    killGroup(child.pid);
  };
  const cancel = (): void => stop(signal?.reason);
  const timer = setTimeout(() => stop(timedOut(command, timeoutMs)), timeoutMs);
  const streams = [child.stdout, child.stderr].map((stream) => {
    const chunks: Buffer[] = [];
    let size = 0;
    stream?.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) stop(tooLarge(command, maxBytes));
      else chunks.push(chunk);
    });
    return chunks;
  });
  const settle = (code: number | null, exitSignal: NodeJS.Signals | null): void => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
    const [stdout = '', stderr = ''] = streams.map((chunks) => Buffer.concat(chunks).toString('utf8'));
    if (failure !== null) reject(failure);
    else resolve({ code: code ?? signalCode(exitSignal), stdout, stderr });
  };
  signal?.addEventListener('abort', cancel, { once: true });
  child.once('error', (error) => {
    failure ??= missing(command, error);
    if (child.pid === undefined) settle(null, null);
  });
  child.once('close', settle);
  // A child may end without reading its input; its exit code tells more than EPIPE.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(command.input ?? '');
}

/** A child that a signal ended reports 128 + the signal's number, as shells do. */
function signalCode(signal: NodeJS.Signals | null): number {
  return 128 + (signal === null ? 0 : process.getBuiltinModule('node:os').constants.signals[signal]);
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group has ended by itself.
  }
}

function missing(command: Command, cause: NodeJS.ErrnoException): ActionError {
  const where = command.cwd === undefined ? '' : ` in ${command.cwd}`;
  return new ActionError({
    code: 'tool-missing',
    message: `${command.file} could not be started${where}: ${cause.code ?? cause.message}`,
    hint: `Install ${command.file} on the runner, and see that it is on PATH.`,
    cause,
  });
}

function timedOut(command: Command, timeoutMs: number): ActionError {
  return new ActionError({
    code: 'command-timed-out',
    message: `${command.file} was expected to end within ${timeoutMs} ms and was killed`,
    hint: `See why ${command.file} hangs: run it by hand on the same runner.`,
  });
}

function tooLarge(command: Command, maxBytes: number): ActionError {
  return new ActionError({
    code: 'output-too-large',
    message: `${command.file} was expected to print at most ${maxBytes} bytes and printed more`,
    hint: `Narrow what ${command.file} is asked for.`,
  });
}
