// The tests as a stage of one deployment: only what serves is tested, and a killed step leaves a mark for its post step.
import { randomBytes } from 'node:crypto';
import type { Deps } from '@headgate/kit/deps';
import { createRedactor } from '@headgate/kit/secrets';
import type { Connection } from './connection.js';
import type { Delivery } from './delivery.js';
import type { Inputs } from './inputs.js';
import type { RolloutResult } from './rollout.js';
import type { Steps } from './steps.js';
import { runTests, type Tested, untested } from './tests.js';

export interface TestStage {
  readonly inputs: Inputs;
  readonly delivery: Delivery;
  readonly deps: Deps;
  readonly connection: Connection;
  readonly steps: Steps;
  /** Keeps the host's lock alive. */
  readonly beat: () => Promise<void>;
}

/** Also after `unchanged`: a run that is repeated because its test failed must test again. Never rejects. */
export async function testDeployment(result: RolloutResult, stage: TestStage): Promise<Tested> {
  if ('failure' in result) return untested;
  const { inputs, delivery, deps, connection, steps, beat } = stage;
  const { core, clock, signal } = deps;
  if (delivery.tests.length > 0) core.saveState('tests', 'running');
  const tested = await runTests(delivery.tests, {
    place: connection.testPlace,
    clock,
    signal,
    steps,
    core,
    beat,
    redact: createRedactor(inputs.deploySecrets.values).redact,
    unique: () => randomBytes(3).toString('hex'),
  });
  // A cancelled step may be killed at any moment: its post step looks again.
  if (!signal.aborted) core.saveState('tests', '');
  return tested;
}
