// Runs one deployment in this process against a test host: real clock, real HTTP, real sockets.
import { join } from 'node:path';
import type { ActionResult } from '@headgate/kit/action';
import { systemClock } from '@headgate/kit/clock';
import type { Deps } from '@headgate/kit/deps';
import { createInputReader } from '@headgate/kit/inputs';
import { runCommand } from '@headgate/kit/process';
import { createTestCore, type RecordingCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps } from '@headgate/kit/testing/deps';
import { finishUndo } from '../src/aftermath.js';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { showPlan } from '../src/plan-mode.js';
import { run } from '../src/run.js';

export interface DeployHost {
  readonly folder: string;
  readonly application: string;
  readonly proxySocket: string;
}

export interface FinishedDeploy {
  readonly result: ActionResult;
  readonly core: RecordingCore;
  /** The step's temporary folder. */
  readonly temporary: string;
}

export interface DeployOptions {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly runId?: number;
  readonly connectGitHub?: Deps['connectGitHub'];
  /** Without one no request beside those to the host is expected. */
  readonly http?: Deps['http'];
  /** Sees each line of the log. */
  readonly onLine?: (line: string) => void;
}

/** Times are short; `image` is the only input that has to be given. */
export async function deploy(
  host: DeployHost,
  image: string,
  options: DeployOptions = {},
): Promise<FinishedDeploy> {
  const core = createTestCore({ ...inputsFor(host), image, ...options.inputs });
  const heard: RecordingCore = {
    ...core,
    info: (line) => {
      core.info(line);
      options.onLine?.(line);
    },
  };
  const inputs = readInputs(createInputReader(inputSpecs, core));
  const deps = depsFor(host, heard, options);
  const result = await (inputs.mode === 'plan' ? showPlan(inputs, deps) : run(inputs, deps));
  return { core, result, temporary: deps.temporary };
}

/** The post step after a main step that left its state in `core`. */
export function finish(
  host: DeployHost,
  core: RecordingCore,
  { token = '', ...options }: DeployOptions & { readonly token?: string } = {},
): Promise<boolean> {
  const image = `app@sha256:${'0'.repeat(64)}`;
  const inputs = createTestCore({ ...inputsFor(host), image, 'github-token': token, ...options.inputs });
  return finishUndo(readInputs(createInputReader(inputSpecs, inputs)), depsFor(host, core, options));
}

/** Of deployments to doubles, which answer at once. */
export const quickTimes = {
  settle: '1ms',
  'health-interval': '10ms',
  'health-deadline': '500ms',
  'drain-deadline': '0s',
  'engine-deadline': '10s',
};

export function inputsFor(host: DeployHost): Readonly<Record<string, string>> {
  return {
    environment: 'integration',
    target: 'host-1',
    application: host.application,
    service: 'web',
    port: '3000',
    'proxy-socket': host.proxySocket,
    'lock-directory': join(host.folder, 'locks'),
    'health-interval': '100ms',
    'health-deadline': '10s',
    settle: '300ms',
    'drain-deadline': '5s',
    'stop-grace': '2s',
  };
}

function depsFor(
  host: DeployHost,
  core: RecordingCore,
  { signal, connectGitHub, http, runId = 1000 }: DeployOptions,
): Deps {
  const deps = createTestDeps({
    core,
    env: process.env,
    run: runCommand,
    context: createTestContext({ workspace: join(host.folder, 'workspace'), runId }),
    ...(signal === undefined ? {} : { signal }),
    ...(http === undefined ? {} : { http }),
    ...(connectGitHub === undefined ? {} : { connectGitHub }),
  });
  return { ...deps, clock: systemClock };
}
