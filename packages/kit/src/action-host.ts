// The process around an action: environment, signals, a private folder, the exit.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from './clock.js';
import { readContext } from './context.js';
import { createCore } from './core.js';
import type { Core, Deps } from './deps.js';
import { ActionError } from './errors.js';
import { connectGitHub } from './github.js';
import { createHttp } from './http.js';
import { runCommand, startCommand } from './process.js';
import type { LegResult } from './record.js';

/** The runner sends SIGINT, SIGTERM 7.5 s later, and kills 2.5 s after that: the work gets the first part. */
const cleanUpMs = 4000;

export interface ActionHost {
  readonly core: Core;
  readonly signal: AbortSignal;
  /** Rejects when a cancelled step has had its time to clean up; stays open otherwise. */
  readonly cleanUpLimit: Promise<never>;
  /** Where the entry file goes: outside the step's private folder, so that a later step can upload it. */
  readonly entryFolder: string;
  readonly runAttempt: number;
  /** Everything `run` touches, with this core. */
  createDeps(core: Core): Deps;
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
  return {
    core: createCore(),
    signal: controller.signal,
    cleanUpLimit,
    entryFolder,
    runAttempt: Number(env['GITHUB_RUN_ATTEMPT']) || 1,
    createDeps(core) {
      mkdirSync(entryFolder, { recursive: true });
      temporary = mkdtempSync(join(entryFolder, 'headgate-'));
      return createRealDeps({ core, signal: controller.signal, temporary });
    },
    removeTemporary() {
      if (temporary !== null) rmSync(temporary, { recursive: true, force: true });
    },
    exit(result) {
      process.exitCode = result === 'success' ? 0 : 1;
      // Work that did not heed the signal must not hold the process until the runner kills it.
      if (controller.signal.aborted) process.exit();
    },
  };
}

/** The real deps, for an action or for a post step. */
export function createRealDeps(given: Pick<Deps, 'core' | 'signal' | 'temporary'>): Deps {
  const { env } = process;
  const context = readContext(env);
  const http = createHttp(env);
  const options = { apiUrl: context.apiUrl, repository: context.repository, http, signal: given.signal };
  return {
    ...given,
    clock: systemClock,
    context,
    env,
    http,
    run: runCommand,
    start: startCommand,
    connectGitHub: (token) => connectGitHub(token, options),
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
