// Runs the whole action in process against real servers, on a clock that runs fast.
import type { ActionResult } from '@headgate/kit/action';
import type { Clock } from '@headgate/kit/clock';
import { systemClock } from '@headgate/kit/clock';
import { createHttp } from '@headgate/kit/http';
import { createInputReader } from '@headgate/kit/inputs';
import { createTestCore, type RecordingCore } from '@headgate/kit/testing/core';
import { createTestDeps } from '@headgate/kit/testing/deps';
import type { Lookup } from '../src/destination.js';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { notify } from '../src/run.js';

/** How many of its milliseconds pass in one of the wall's. */
const speed = 10;

// The fast clock must not count the first load of the mailer, slow on a busy machine, as time of a try.
await import('nodemailer');

export interface Notice {
  readonly result: ActionResult;
  readonly core: RecordingCore;
  readonly deliveries: readonly Readonly<Record<string, unknown>>[];
  /** Milliseconds by the action's clock. */
  readonly took: number;
}

export interface NoticeOptions {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly lookup?: Lookup;
  readonly signal?: AbortSignal;
}

export async function sendNotice(channels: readonly object[], options: NoticeOptions = {}): Promise<Notice> {
  const core = createTestCore({ event: 'deployed', channels: JSON.stringify(channels), ...options.inputs });
  const inputs = readInputs(createInputReader(inputSpecs, core));
  const clock = createFastClock();
  const deps = {
    ...createTestDeps({
      core,
      http: createHttp(),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    }),
    clock,
  };
  const started = clock.now();
  const result = await notify(inputs, deps, options.lookup ?? refuseLookup);
  const took = clock.now() - started;
  const { deliveries: list = '' } = result.outputs;
  const deliveries = JSON.parse(list) as Notice['deliveries'];
  return { result, core, deliveries, took };
}

function createFastClock(): Clock {
  const start = Date.now();
  const now = (): number => start + (Date.now() - start) * speed;
  return { now, sleep: (ms, signal) => systemClock.sleep(ms / speed, signal) };
}

async function refuseLookup(host: string): Promise<never> {
  throw new Error(`this test did not expect a look-up of ${host}`);
}
