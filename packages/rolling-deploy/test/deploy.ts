// Runs one deployment in this process against a test host: real clock, real HTTP, real sockets.
import { join } from 'node:path';
import type { ActionResult } from '@headgate/kit/action';
import { systemClock } from '@headgate/kit/clock';
import { createHttp } from '@headgate/kit/http';
import { createInputReader } from '@headgate/kit/inputs';
import { createTestCore, type RecordingCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps } from '@headgate/kit/testing/deps';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { run } from '../src/run.js';

export interface DeployHost {
  readonly folder: string;
  readonly application: string;
  readonly proxySocket: string;
}

export interface FinishedDeploy {
  readonly result: ActionResult;
  readonly core: RecordingCore;
}

export interface DeployOptions {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly runId?: number;
}

/** Times are short; `image` is the only input that has to be given. */
export async function deploy(
  host: DeployHost,
  image: string,
  options: DeployOptions = {},
): Promise<FinishedDeploy> {
  const core = createTestCore({
    environment: 'integration',
    target: 'host-1',
    application: host.application,
    service: 'web',
    port: '3000',
    image,
    'proxy-socket': host.proxySocket,
    'lock-directory': join(host.folder, 'locks'),
    'health-interval': '100ms',
    'health-deadline': '10s',
    settle: '600ms',
    'drain-deadline': '5s',
    'stop-grace': '2s',
    ...options.inputs,
  });
  const inputs = readInputs(createInputReader(inputSpecs, core));
  const deps = createTestDeps({
    core,
    http: createHttp(),
    env: process.env,
    context: createTestContext({ workspace: join(host.folder, 'workspace'), runId: options.runId ?? 1000 }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  return { core, result: await run(inputs, { ...deps, clock: systemClock }) };
}
