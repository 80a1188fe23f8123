// A long command: its own session, output to a file, exactly one stop signal, then SIGKILL to the group after a grace.
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { ActionError } from './errors.js';
import { followLog } from './log-tail.js';
import type { LongCommand, LongResult } from './process.js';

/** Milliseconds between two looks at the growing log. */
const readInterval = 100;

export interface LongOptions {
  readonly signal: AbortSignal;
  /** The child's whole environment. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Resolves when the child has ended, however it did.
 * @throws {ActionError} `tool-missing` when it cannot be started; the signal's reason when already aborted.
 */
export async function startLongCommand(
  command: LongCommand,
  { signal, env }: LongOptions,
): Promise<LongResult> {
  signal.throwIfAborted();
  const log = openSync(command.logFile, 'w', 0o600);
  try {
    const child = process.getBuiltinModule('node:child_process').spawn(command.file, [...command.args], {
      ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
      env,
      detached: true,
      stdio: [command.input === undefined ? 'ignore' : 'pipe', log, log],
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(command.input);
    if (child.pid !== undefined) command.onStart?.(child.pid);
    return await follow(child, command, signal);
  } finally {
    closeSync(log);
  }
}

function follow(child: ChildProcess, command: LongCommand, signal: AbortSignal): Promise<LongResult> {
  const stopper = createStopper(child, command);
  const cancel = (): void => stopper.stop('cancelled');
  const tail = followLog(command.logFile, command.onLine ?? (() => undefined), command.longestLine);
  let soon: NodeJS.Immediate | undefined;
  const readOn = (): void => {
    clearImmediate(soon);
    if (tail.read()) soon = setImmediate(readOn);
  };
  const timer = setInterval(readOn, readInterval);
  const deadline = setTimeout(() => stopper.stop('deadline'), command.deadlineMs);
  signal.addEventListener('abort', cancel, { once: true });
  const release = (): string => {
    clearInterval(timer);
    clearImmediate(soon);
    clearTimeout(deadline);
    signal.removeEventListener('abort', cancel);
    stopper.end();
    // Whoever stops a child waits for no flood of it.
    return tail.finish(stopper.reason() !== null);
  };
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      if (child.pid !== undefined) return;
      release();
      reject(missing(command, cause));
    });
    child.once('exit', (code, exitSignal) => {
      try {
        resolve({ code, signal: exitSignal, stopped: stopper.reason(), tail: release() });
      } catch (error) {
        reject(error);
      }
    });
  });
}

interface Stopper {
  stop(reason: 'cancelled' | 'deadline'): void;
  reason(): 'cancelled' | 'deadline' | null;
  /** The child has ended: whatever it left in its group after being stopped goes too. */
  end(): void;
}

/** Only the first call signals: Terraform takes a second signal as an order to stop at once and lose state. */
function createStopper(child: ChildProcess, command: LongCommand): Stopper {
  let why: 'cancelled' | 'deadline' | null = null;
  let grace: NodeJS.Timeout | undefined;
  const killGroup = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // The group has ended by itself.
    }
  };
  return {
    stop(reason) {
      if (why !== null) return;
      why = reason;
      child.kill(command.stopSignal);
      grace = setTimeout(killGroup, command.graceMs);
    },
    reason: () => why,
    end() {
      clearTimeout(grace);
      if (why !== null) killGroup();
    },
  };
}

function missing(command: LongCommand, cause: Error): ActionError {
  return new ActionError({
    code: 'tool-missing',
    message: `${command.file} could not be started: ${cause.message}`,
    hint: `Install ${command.file} on the runner, and see that it is on PATH.`,
    cause,
  });
}
