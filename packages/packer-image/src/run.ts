// The story of one template: init, validate, build, both accounts compared, files hashed, images tried, ids handed on.
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { ActionError } from '@headgate/kit/errors';
import type { MachineImagePart, TestPart, TimingPart } from '@headgate/kit/record-parts';
import { createRedactor } from '@headgate/kit/secrets';
import { buildFailure, stepFailure } from './diagnosis.js';
import type { Inputs } from './inputs.js';
import { machineImages } from './machine-image.js';
import { manifestMissing, readManifest, runsOf } from './manifest-file.js';
import { findPacker, type Packer, type PackerCall, type Step } from './packer.js';
import { findPaths, type Paths } from './paths.js';
import { reconcile } from './reconcile.js';
import { leftBehind, summaryOf, writeTfvars } from './report.js';
import { SmokeFailure, smokeTest, testsOf } from './smoke-test.js';
import type { Stream } from './stream.js';

interface Leg {
  readonly inputs: Inputs;
  readonly deps: Deps;
  readonly paths: Paths;
  readonly packer: Packer;
  readonly timings: TimingPart[];
}

/**
 * Builds one template.
 * @throws {ActionError} with a code of `FailureCode` before anything was made; the signal's reason when cancelled.
 * What fails later is returned as a failure together with what was made.
 */
export async function run(inputs: Inputs, deps: Deps): Promise<ActionResult> {
  const paths = await findPaths(inputs, deps.context.workspace);
  const earlier = runsOf(await readManifest(paths.manifest, inputs.manifest));
  const packer = await findPacker(inputs, paths.directory, deps);
  deps.core.info(`Building with packer ${packer.version}.`);
  const leg: Leg = { inputs, deps, paths, packer, timings: [] };
  if (packer.hasInit) await requireSuccess('init', leg);
  await requireSuccess('validate', leg);
  const { result, stream } = await timed('build', leg);
  try {
    if (result.code !== 0) throw buildFailure(stream, result, redactorOf(inputs));
    return await finish(leg, { stream, earlier });
  } catch (error) {
    if (!(error instanceof ActionError) || deps.signal.aborted) throw error;
    return await fail(leg, { error, stream, tests: testsOf(error) });
  }
}

async function finish(
  leg: Leg,
  { stream, earlier }: { readonly stream: Stream; readonly earlier: ReadonlySet<string> },
): Promise<ActionResult> {
  const { inputs, deps, paths, timings } = leg;
  const manifest = await readManifest(paths.manifest, inputs.manifest);
  if (manifest === null) throw manifestMissing(inputs.manifest);
  const artifacts = reconcile({
    stream: stream.artifacts(),
    ended: stream.ended(),
    manifest,
    earlier,
    expected: inputs.builders,
  });
  const place = { template: inputs.leg, directory: paths.directory };
  const images = (await Promise.all(artifacts.map((artifact) => machineImages(artifact, place)))).flat();
  const tests = await smokeTest(images, { inputs, directory: paths.directory, deps });
  if (tests.some(({ outcome }) => outcome === 'failed')) throw new SmokeFailure(tests);
  const tfvarsFile = await writeTfvars(images, inputs, deps);
  await deps.core.appendSummary(summaryOf(inputs.leg, { images, tests, timings }));
  return {
    outputs: {
      artifacts: JSON.stringify(images),
      'left-behind': '[]',
      'tfvars-file': tfvarsFile,
      'run-uuid': manifest.lastRun,
    },
    entry: { name: inputs.leg, parts: { machineImages: images, tests, timings } },
  };
}

interface Failed {
  readonly error: ActionError;
  readonly stream: Stream;
  readonly tests: readonly TestPart[];
}

/** No image of a failed leg counts, but whoever must remove them learns which there are. */
async function fail(leg: Leg, { error, stream, tests }: Failed): Promise<ActionResult> {
  const { inputs, deps, timings } = leg;
  const left = leftBehind(stream);
  const none: readonly MachineImagePart[] = [];
  await deps.core.appendSummary(summaryOf(inputs.leg, { images: none, tests, timings, left }));
  return {
    outputs: { artifacts: '[]', 'left-behind': JSON.stringify(left), 'tfvars-file': '', 'run-uuid': '' },
    entry: { name: inputs.leg, parts: { tests, timings } },
    failure: error,
  };
}

async function requireSuccess(step: 'init' | 'validate', leg: Leg): Promise<void> {
  const { result } = await timed(step, leg);
  const { inputs: template } = leg;
  if (result.code !== 0) throw stepFailure(step, { result, redactor: redactorOf(template), template });
}

async function timed(step: Step, { deps, inputs, packer, timings }: Leg): Promise<PackerCall> {
  const started = deps.clock.now();
  const call = await packer.call(step);
  const seconds = (deps.clock.now() - started) / 1000;
  timings.push({ stage: 'machine-images', leg: inputs.leg, step, seconds });
  return call;
}

function redactorOf(inputs: Inputs): ReturnType<typeof createRedactor> {
  return createRedactor(inputs.buildSecrets.values);
}
