// Runs one step in this process as the entry would: real files, real children; GitHub is the kit's double.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ActionResult } from '@headgate/kit/action';
import { systemClock } from '@headgate/kit/clock';
import type { Context } from '@headgate/kit/context';
import type { Deps } from '@headgate/kit/deps';
import { createInputReader } from '@headgate/kit/inputs';
import { runCommand, startCommand } from '@headgate/kit/process';
import { createTestCore, type RecordingCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps } from '@headgate/kit/testing/deps';
import { finishChild } from '../src/aftermath.js';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { run } from '../src/run.js';

export const sealKey = 'a seal key of more than thirty-two characters';

export interface Checkout {
  /** GITHUB_WORKSPACE. */
  readonly folder: string;
  write(path: string, text: string): void;
  has(path: string): boolean;
  remove(): void;
}

export function makeCheckout(files: Readonly<Record<string, string>> = {}): Checkout {
  const root = mkdtempSync(join(tmpdir(), 'headgate-infra-'));
  const folder = join(root, 'checkout');
  const checkout: Checkout = {
    folder,
    write(path, text) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
    has: (path) => existsSync(join(folder, path)),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
  mkdirSync(folder);
  for (const [path, text] of Object.entries(files)) checkout.write(path, text);
  return checkout;
}

export interface StepOptions {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly context?: Partial<Context>;
  readonly signal?: AbortSignal;
  readonly tool?: Pick<Deps, 'run' | 'start'>;
  readonly connectGitHub?: Deps['connectGitHub'];
  readonly env?: Deps['env'];
  readonly onLine?: (line: string) => void;
}

export interface FinishedStep {
  readonly core: RecordingCore;
  readonly result: ActionResult;
}

/** Rejects with what the entry would report; `core` is then in `failedStep`'s answer only. */
export async function step(
  checkout: Checkout,
  mode: 'plan' | 'apply',
  options: StepOptions = {},
): Promise<FinishedStep> {
  const { core, deps, inputs } = prepare(checkout, mode, options);
  try {
    return { core, result: await run(inputs, deps) };
  } finally {
    rmSync(deps.temporary, { recursive: true, force: true });
  }
}

/** An output that must be there. */
export function output({ outputs }: ActionResult, name: string): string {
  const value = Object.entries(outputs).find(([key]) => key === name)?.[1];
  if (value === undefined) throw new Error(`the output ${name} is missing`);
  return value;
}

/** The code and message a step fails with, and everything it printed. */
export async function failedStep(
  checkout: Checkout,
  mode: 'plan' | 'apply',
  options: StepOptions = {},
): Promise<{ readonly error: unknown; readonly core: RecordingCore }> {
  const { core, deps, inputs } = prepare(checkout, mode, options);
  try {
    await run(inputs, deps);
  } catch (error) {
    return { error, core };
  } finally {
    rmSync(deps.temporary, { recursive: true, force: true });
  }
  throw new Error('the step was expected to fail');
}

/** The post step after a main step that left its state in `core`. */
export function postStep(
  checkout: Checkout,
  core: RecordingCore,
  options: StepOptions = {},
): Promise<boolean> {
  const { deps, inputs } = prepare(checkout, 'apply', options);
  return finishChild(inputs, { ...deps, core });
}

/** Everything that left the step for people or files of the runner. */
export function everythingSaid(core: RecordingCore, result: ActionResult | null = null): string {
  const { outputs, entry } = result ?? { outputs: {}, entry: {} };
  const annotations = core.annotations.map(({ message }) => message);
  return [
    ...core.lines,
    ...core.debugLines,
    ...annotations,
    core.summary(),
    JSON.stringify({ outputs, entry }),
  ].join('\n');
}

function prepare(checkout: Checkout, mode: 'plan' | 'apply', options: StepOptions) {
  const core = createTestCore({
    mode,
    environment: 'staging',
    directory: 'infra',
    'deploy-secrets': `seal-key: "${sealKey}"\nenvironment: {DB: "correct horse battery"}`,
    'lock-timeout': '0s',
    'plan-digest': `sha256:${'0'.repeat(64)}`,
    ...options.inputs,
  });
  const heard: RecordingCore = {
    ...core,
    info: (line) => {
      core.info(line);
      options.onLine?.(line);
    },
  };
  const runnerTemp = join(dirname(checkout.folder), 'temp');
  mkdirSync(runnerTemp, { recursive: true });
  const deps = createTestDeps({
    core: heard,
    temporary: mkdtempSync(join(runnerTemp, 'headgate-')),
    context: createTestContext({ workspace: checkout.folder, ...options.context }),
    run: options.tool?.run ?? runCommand,
    start: options.tool?.start ?? startCommand,
    env: options.env ?? {},
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.connectGitHub === undefined ? {} : { connectGitHub: options.connectGitHub }),
  });
  return {
    core: heard,
    deps: { ...deps, clock: systemClock },
    inputs: readInputs(createInputReader(inputSpecs, heard)),
  };
}
