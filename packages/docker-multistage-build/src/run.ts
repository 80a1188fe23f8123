// The story of one image: look for it, gate it, build it once, publish exactly those bytes, say what happened.
import { rm } from 'node:fs/promises';
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { ActionError } from '@headgate/kit/errors';
import type { Registry } from '@headgate/kit/registry/registry';
import { createRedactor } from '@headgate/kit/secrets';
import { planBuild } from './build-plan.js';
import { findBuilder } from './builder.js';
import { writeEvidence } from './evidence-file.js';
import { type FailedPart, reportFailure, reportUnpublished } from './failed-leg.js';
import { runGates } from './gates.js';
import { buildImage, layoutDirectory } from './image.js';
import { keyFor } from './image-key.js';
import type { Inputs } from './inputs.js';
import { createJournal, type Journal } from './journal.js';
import { openRegistry, publishLayout } from './publication.js';
import { type Delivered, imagePart, imageSummary, outputsOf } from './report.js';
import { takeOver } from './reuse.js';
import { secretNameWarnings } from './secret-arguments.js';
import { removeSecretFiles, type WrittenSecrets, writeSecretFiles } from './secret-files.js';
import { checkTargets } from './targets.js';
import { type BuildPaths, findPaths } from './workspace.js';

interface Leg {
  readonly inputs: Inputs;
  readonly deps: Deps;
  readonly journal: Journal;
  readonly paths: BuildPaths;
  /** Null when nothing is to be published. */
  readonly registry: Registry | null;
}

/**
 * Builds and, when asked, publishes one image.
 * @throws ActionError with a code of `FailureCode`; the signal's reason when the job was cancelled
 */
export async function run(inputs: Inputs, deps: Deps): Promise<ActionResult> {
  const journal = createJournal(inputs.leg, deps.clock);
  for (const warning of secretNameWarnings(inputs.buildArgs)) deps.core.warning(warning);
  const paths = await findPaths(inputs, deps.context.workspace);
  checkTargets(paths.dockerfile, paths.shownFile, inputs);
  const registry = inputs.publish && inputs.image !== null ? openRegistry(inputs.image, inputs, deps) : null;
  const leg: Leg = { inputs, deps, journal, paths, registry };
  const reused = registry === null ? null : await takeOver(inputs, registry, leg);
  if (reused !== null) return await succeed(leg, reused);
  const builder = await findBuilder(deps);
  deps.core.info(
    `Building with buildx ${builder.buildxVersion} (${builder.driver}) on engine ${builder.serverVersion}.`,
  );
  const secrets = await writeSecretFiles(inputs.secrets, inputs.buildSecrets, deps);
  try {
    return await make(leg, secrets);
  } finally {
    await removeSecretFiles(secrets.files);
    await rm(layoutDirectory(deps), { recursive: true, force: true });
  }
}

async function make(leg: Leg, secrets: WrittenSecrets): Promise<ActionResult> {
  const { inputs, deps, journal, registry } = leg;
  const redactor = createRedactor([...inputs.buildSecrets.values, ...secrets.values]);
  const plan = await planBuild(inputs, { paths: leg.paths, secretFiles: secrets.files, redactor }, deps);
  const fail = (part: FailedPart): Promise<ActionResult> =>
    reportFailure(part, { ...leg, shownFile: leg.paths.shownFile, redactor });
  const failed = await runGates(inputs.testTargets, plan, { journal, deps });
  if (failed !== null) return await fail({ step: `gate ${failed.target}`, outcome: failed.outcome });
  const built = await buildImage(inputs.target, plan, { journal, deps });
  if (built.kind !== 'built') return await fail({ step: 'build', outcome: built });
  const { layout, sizes } = built.image;
  const { digest } = layout.root;
  const image: Delivered = {
    leg: inputs.leg,
    name: inputs.image?.name ?? null,
    digest,
    reference: null,
    tags: [],
    key: await keyFor(inputs, digest, deps),
    platforms: sizes.platforms,
    reusedFrom: null,
  };
  if (registry === null) return await succeed(leg, image);
  const tags = { fixed: inputs.tags, moving: inputs.movingTags };
  try {
    const put = await publishLayout(layout, { registry, tags, journal, core: deps.core });
    return await succeed(leg, { ...image, reference: `${registry.image.name}@${digest}`, tags: put });
  } catch (problem) {
    if (!(problem instanceof ActionError) || deps.signal.aborted) throw problem;
    return await reportUnpublished(problem, image, leg);
  }
}

async function succeed({ deps, journal }: Leg, image: Delivered): Promise<ActionResult> {
  await deps.core.appendSummary(imageSummary(image, journal));
  const parts = { images: [imagePart(image)], tests: journal.tests, timings: journal.timings };
  const evidence = await writeEvidence(image, deps);
  return { outputs: { ...outputsOf(image), ...evidence }, entry: { name: image.leg, parts } };
}
