// Child processes that never outlive this one: each has its own process group, ended on interruption.
import { spawn } from 'node:child_process';

/**
 * @typedef {object} ChildOptions
 * @property {string} [cwd]
 * @property {Record<string, string | undefined>} [env] complete environment; default: this process's
 * @property {number} [deadlineMs] the group is killed after it
 * @property {boolean} [inherit] the child writes to this terminal instead of being collected
 * @property {(line: string) => void} [onLine] each line of output as it comes
 * @property {string} [input] written to the child's standard input
 * @property {boolean} [orderly] it ends its own children: after an interruption it alone is told, and has 40 seconds
 * @property {boolean} [cleanUp] runs even after an interruption, and is not ended by one
 */
/** @typedef {{ code: number, output: string }} ChildResult stdout and stderr together, at most the last 1 MiB */

/** @type {Map<number, { orderly: boolean }>} by process group */
const groups = new Map();
const interruption = new AbortController();
const outputLimit = 1024 * 1024;

/** Aborted by the first SIGINT, SIGTERM or SIGHUP. */
export const interrupted = interruption.signal;

/** @type {Record<string, number>} */
const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

/** @param {number} group @param {NodeJS.Signals} signal */
const signalGroup = (group, signal) => signalProcess(-group, signal);

/** @param {number} id @param {NodeJS.Signals} signal */
function signalProcess(id, signal) {
  try {
    process.kill(id, signal);
  } catch {
    // It has ended by itself.
  }
}

/** Ends every child now; the synchronous last step before exit. */
export function killChildren() {
  for (const group of groups.keys()) signalGroup(group, 'SIGKILL');
}

function endChildren() {
  for (const [group, { orderly }] of groups) {
    if (!orderly) signalGroup(group, 'SIGTERM');
    else signalProcess(group, 'SIGTERM');
  }
  const anyOrderly = [...groups.values()].some((each) => each.orderly);
  setTimeout(killChildren, anyOrderly ? 40_000 : 5_000).unref();
}

/** Exit code by the shell's convention once interrupted, else null. @returns {number | null} */
export function interruptedCode() {
  return interrupted.aborted ? 128 + (signalNumbers[String(interrupted.reason)] ?? 15) : null;
}

let watching = false;

/** npm hands on what the terminal has sent to the whole group already; so close together they are one. */
const echoMs = 1_000;

/** Signals end the children first, so that callers see their failure, clean up, and exit by themselves. */
function watchSignals() {
  if (watching) return;
  watching = true;
  let first = 0;
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      if (!interrupted.aborted) {
        first = Date.now();
        interruption.abort(signal);
        endChildren();
      } else if (Date.now() - first > echoMs) {
        // The second time is in earnest.
        killChildren();
      }
    });
  }
  process.on('exit', killChildren);
}

/**
 * Runs a command to its end. Never rejects for a failing command: look at `code` (127: not found).
 * @param {string} command
 * @param {readonly string[]} args
 * @param {ChildOptions} [options]
 * @returns {Promise<ChildResult>}
 */
export function runChild(command, args, options = {}) {
  watchSignals();
  if (interrupted.aborted && !options.cleanUp) return Promise.resolve({ code: 130, output: 'interrupted' });
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      detached: true,
      stdio: options.inherit ? 'inherit' : [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    const group = child.pid;
    if (group !== undefined && !options.cleanUp) groups.set(group, { orderly: options.orderly ?? false });
    const timer = options.deadlineMs
      ? setTimeout(() => group !== undefined && signalGroup(group, 'SIGKILL'), options.deadlineMs)
      : undefined;
    const collected = collectOutput(child, options.onLine);
    if (options.input !== undefined) child.stdin?.end(options.input);
    const finish = (/** @type {number} */ code, /** @type {string} */ extra) => {
      clearTimeout(timer);
      // What the child started in its own group and forgot must not outlive it.
      if (group !== undefined) {
        signalGroup(group, 'SIGKILL');
        groups.delete(group);
      }
      resolve({ code, output: collected.text() + extra });
    };
    child.on('error', (error) => finish(127, error.message));
    child.on('close', (code, signal) => finish(code ?? 128 + (signalNumbers[signal ?? ''] ?? 9), ''));
  });
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {((line: string) => void) | undefined} onLine
 */
function collectOutput(child, onLine) {
  let text = '';
  let rest = '';
  const take = (/** @type {string} */ chunk) => {
    text = (text + chunk).slice(-outputLimit);
    if (!onLine) return;
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  };
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', take);
  return { text: () => text };
}
