// The tests as a stage of one deployment: only what serves is tested, and a killed step leaves a mark for its post step.
import { randomBytes } from 'node:crypto';
import type { Deps } from '@headgate/kit/deps';
import { createRedactor } from '@headgate/kit/secrets';
import type { Connection } from './connection.js';
import type { Delivery } from './delivery.js';
import type { DeployError } from './errors.js';
import type { Inputs } from './inputs.js';
import { pullImages } from './one-off.js';
import type { Places } from './places.js';
import { authFor } from './registry-auth.js';
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
export async function testDeployment(failure: DeployError | null, stage: TestStage): Promise<Tested> {
  if (failure !== null) return untested;
  const { inputs, delivery, deps, connection, steps, beat } = stage;
  const { core, clock, signal } = deps;
  const { testPlace: place } = connection;
  if (place === null) return untested;
  if (delivery.tests.length > 0) core.saveState('tests', 'running');
  const tested = await runTests(delivery.tests, {
    place,
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

/** What hooks came to stands before what tests did, under its host's name where there are several. */
export function withHooks({ failure, parts }: Tested, places: Places): Tested {
  const hooked = places.flatMap((place) =>
    place.hooked.map(({ test, lines }) => {
      return { lines, test: places.length === 1 ? test : { ...test, name: `${place.name}: ${test.name}` } };
    }),
  );
  return { failure, parts: [...hooked, ...parts] };
}

/** Has the images of tests on the first host and of hooks on each, before anything is changed. @throws {DeployError} */
export async function pullOthers(
  places: Places,
  { inputs, delivery: { image, tests, hooks }, deps }: Pick<TestStage, 'inputs' | 'delivery' | 'deps'>,
): Promise<void> {
  const { signal } = deps;
  const authOf = (registry: string) => authFor(inputs, registry);
  for (const place of places) {
    const { testPlace } = place.connection;
    const needed = place === places[0] ? [...tests, ...hooks] : hooks;
    const others = needed.map((one) => one.image).filter(({ digest }) => digest !== image.digest);
    if (others.length > 0 && testPlace !== null)
      await place.steps.run('prepare', 'images', () => pullImages(others, testPlace, { authOf, signal }));
  }
}
