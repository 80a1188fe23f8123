// One process of a step: its output line by line, and the runner's clock when it is cancelled.
import { type ChildProcess, spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '@headgate/kit/clock';
import { endsAtOnce } from '../engine/runners.js';
import { killTree } from './process-tree.js';

/** Milliseconds from SIGINT to SIGTERM and from there to SIGKILL. Source: `ProcessInvoker` of actions/runner. */
export const cancelClock = { interrupt: 7_500, terminate: 2_500 };
/** Milliseconds that output may stay open after the process has ended. */
const streamGrace = 5_000;
/** Longer lines are cut here, so that memory stays bounded. */
const lineLimit = 1024 * 1024;

export interface ChildOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Starts the cancel clock. */
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

/** The exit code; 128 and more stand for a signal, as in a shell. */
export type ChildCode = number;

/** Calls back for every line; `\r` ends a line too, as for the runner's reader. */
export function lineReader(onLine: (line: string) => void): { write(chunk: Buffer): void; end(): void } {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const take = (text: string): void => {
    const parts = (rest + text).split(/\r\n|\n|\r(?!$)/u);
    rest = parts.pop() ?? '';
    for (const part of parts) onLine(part);
    if (rest.length <= lineLimit) return;
    onLine(rest);
    rest = '';
  };
  return {
    write: (chunk) => take(decoder.write(chunk)),
    end() {
      take(decoder.end());
      if (rest !== '') onLine(rest.replace(/\r$/u, ''));
      rest = '';
    },
  };
}

const signalCodes = { SIGINT: 130, SIGKILL: 137, SIGTERM: 143 } as const;

function codeOf(code: number | null, signal: NodeJS.Signals | null): ChildCode {
  if (code !== null) return code;
  return signal === 'SIGINT' || signal === 'SIGKILL' || signal === 'SIGTERM' ? signalCodes[signal] : 1;
}

async function escalate(child: ChildProcess, clock: Clock, ended: AbortSignal): Promise<void> {
  child.kill('SIGINT');
  await clock.sleep(cancelClock.interrupt, ended);
  child.kill('SIGTERM');
  await clock.sleep(cancelClock.terminate, ended);
  child.kill('SIGKILL');
}

/** Runs a process to its end. Only the process itself gets signals, never its children. Rejects when it cannot start. */
export function runChild(options: ChildOptions): Promise<ChildCode> {
  const { clock, signal } = options;
  return new Promise((resolve, reject) => {
    // A group of its own: Ctrl-C at the terminal reaches the engine alone, which then decides.
    const child = spawn(options.file, [...options.args], {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const readers = [child.stdout, child.stderr].map((stream) => {
      const reader = lineReader(options.onLine);
      stream.on('data', reader.write);
      return { stream, reader };
    });
    const ended = new AbortController();
    const cancel = (): void => {
      if (endsAtOnce(signal.reason) && child.pid !== undefined) killTree(child.pid);
      else void escalate(child, clock, ended.signal).catch(() => undefined);
    };
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
    let exit: ChildCode | null = null;
    const closed = new AbortController();
    const finish = (): void => {
      closed.abort();
      for (const { reader, stream } of readers) {
        stream.destroy();
        reader.end();
      }
      resolve(exit ?? 1);
    };
    child.once('error', (error) => {
      signal.removeEventListener('abort', cancel);
      ended.abort();
      reject(error);
    });
    child.once('exit', (code, by) => {
      exit = codeOf(code, by);
      signal.removeEventListener('abort', cancel);
      ended.abort();
      clock.sleep(streamGrace, closed.signal).then(finish, () => undefined);
    });
    child.once('close', finish);
  });
}
