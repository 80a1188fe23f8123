// The process around an action: environment, signals, a private folder, the exit.
import { createCore } from './core.js';
import type { Core, Deps } from './deps.js';
import { ActionError } from './errors.js';
import type { LegResult } from './record-parts.js';

const { mkdirSync, mkdtempSync, rmSync } = process.getBuiltinModule('node:fs');

/** The runner sends SIGINT, SIGTERM 7.5 s later, and kills 2.5 s after that: the work gets the first part. */
const cleanUpMs = 4000;

/** Where people find the files of this commit and the log of this run. */
export interface RunLinks {
  readonly filesUrl: string;
  readonly logUrl: string;
}

export interface ActionHost {
  readonly core: Core;
  readonly signal: AbortSignal;
  /** Rejects when a cancelled step has had its time to clean up; stays open otherwise. */
  readonly cleanUpLimit: Promise<never>;
  /** Where the entry file goes: outside the step's private folder, so that a later step can upload it. */
  readonly entryFolder: string;
  readonly runAttempt: number;
  readonly links: RunLinks;
  /** Everything `run` touches, with this core. */
  createDeps(core: Core): Promise<Deps>;
  removeTemporary(): void;
  exit(result: LegResult): void;
}

/** The host on this process. Signals are handled from here on. */
export function createRealHost(): ActionHost {
  const { env } = process;
  const controller = new AbortController();
  const cleanUpLimit = listen(controller);
  const entryFolder = env['RUNNER_TEMP'] || env['TMPDIR'] || '/tmp';
  let temporary: string | null = null;
  mkdirSync(entryFolder, { recursive: true });
  return {
    core: createCore(),
    signal: controller.signal,
    cleanUpLimit,
    entryFolder,
    runAttempt: Number(env['GITHUB_RUN_ATTEMPT']) || 1,
    links: linksOf(env),
    async createDeps(core) {
      const { createRealDeps } = await import('./real-deps.js');
      temporary = mkdtempSync(`${entryFolder}/headgate-`);
      return createRealDeps({ core, signal: controller.signal, temporary });
    },
    removeTemporary() {
      if (temporary !== null) rmSync(temporary, { recursive: true, force: true });
    },
    exit(result) {
      // Everything was awaited and lines are written synchronously: what is left (timers of a client, work that did
      // not heed the signal) must not hold the step, least of all until the runner kills it.
      process.exit(result === 'success' ? 0 : 1);
    },
  };
}

/** Empty outside GitHub. */
function linksOf(env: Readonly<Record<string, string | undefined>>): RunLinks {
  const text = (name: string): string => env[`GITHUB_${name}`] ?? '';
  if (text('SERVER_URL') === '' || text('RUN_ID') === '') return { filesUrl: '', logUrl: '' };
  const repository = `${text('SERVER_URL')}/${text('REPOSITORY')}`;
  return {
    filesUrl: `${repository}/blob/${text('SHA')}`,
    logUrl: `${repository}/actions/runs/${text('RUN_ID')}/attempts/${text('RUN_ATTEMPT') || '1'}`,
  };
}

function listen(controller: AbortController): Promise<never> {
  const limit = new Promise<never>((_, reject) => {
    const cancel = (): void => {
      if (controller.signal.aborted) return;
      controller.abort(cancelled('the job was cancelled'));
      setTimeout(() => reject(cancelled('the job was cancelled, and cleaning up took too long')), cleanUpMs);
    };
    process.on('SIGINT', cancel);
    process.on('SIGTERM', cancel);
  });
  // Nobody may be waiting for it yet when it rejects.
  limit.catch(() => undefined);
  return limit;
}

function cancelled(message: string): ActionError {
  return new ActionError({ code: 'cancelled', message, hint: 'Re-run the job if this was not meant.' });
}
