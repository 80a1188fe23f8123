// What the post step does when the main step was cut off: waits for the child that was told to stop, looks at the lock.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type ChildMark, isRunning } from '@headgate/kit/child-watch';
import type { Deps } from '@headgate/kit/deps';
import type { Inputs } from './inputs.js';
import { describeLock, parseLock } from './lock-info.js';
import { openSetting } from './setting.js';

interface LeftBehind extends ChildMark {
  readonly folder: string;
  readonly logFile: string;
}

const pollMs = 250;

/** Answers whether the child has ended and the lock is free. Never signals, never unlocks. */
export async function finishChild(inputs: Inputs, deps: Deps): Promise<boolean> {
  const child = readState(deps.core.getState('child'), dirname(deps.temporary));
  if (child === null) return true;
  const { core, clock } = deps;
  const end = clock.now() + inputs.cancelWait;
  core.info(`${inputs.tool} (process ${child.pid}) was told to stop: waiting until it has`);
  while (isRunning(child) && clock.now() < end) await clock.sleep(pollMs);
  if (isRunning(child)) {
    core.error(
      `${inputs.tool} (process ${child.pid}) still runs after cancel-wait, and may hold the lock of the state.\nLet it end; then plan again.`,
    );
    return false;
  }
  const lock = await lockAfter(inputs, deps, child);
  if (existsSync(join(deps.context.workspace, inputs.directory, 'errored.tfstate'))) {
    core.error(
      'the state could not be written to its backend: errored.tfstate in the directory has it.\nPush it with `state push` before anything else is applied.',
    );
  }
  rmSync(child.folder, { recursive: true, force: true });
  if (lock === null) {
    core.info(`${inputs.tool} has ended and the lock is free: what was done is in the state`);
    return true;
  }
  core.error(
    `${inputs.tool} has ended, but the state is locked: ${describeLock(lock)}.\nIf its holder is gone for certain, a person runs: ${inputs.tool} force-unlock ${lock.id}`,
  );
  await core.appendSummary(`**The state is still locked**: ${lock.id.replace(/[^\w-]/g, '')}\n`);
  return false;
}

async function lockAfter(inputs: Inputs, deps: Deps, child: LeftBehind): ReturnType<typeof probe> {
  const said = existsSync(child.logFile)
    ? parseLock(readFileSync(child.logFile, 'utf8').slice(-64 * 1024))
    : null;
  return inputs.lock ? probe(inputs, deps) : said;
}

async function probe(inputs: Inputs, deps: Deps): Promise<ReturnType<typeof parseLock>> {
  const { terraform } = await openSetting(inputs, deps);
  try {
    return await terraform.probeLock();
  } finally {
    terraform.close();
  }
}

/** The state was written by the main step, but any step may write into its file: only what fits is believed. */
function readState(text: string, parent: string): LeftBehind | null {
  if (text === '') return null;
  const { pid, started, folder, logFile } = JSON.parse(text) as Partial<Record<keyof LeftBehind, unknown>>;
  const isOurs =
    typeof folder === 'string' &&
    dirname(folder) === parent &&
    basename(folder).startsWith('headgate-terraform-');
  if (!isOurs || typeof logFile !== 'string' || dirname(logFile) !== folder || !Number.isSafeInteger(pid)) {
    throw new Error('the state of the main step is not readable');
  }
  return { pid: Number(pid), started: typeof started === 'string' ? started : null, folder, logFile };
}
