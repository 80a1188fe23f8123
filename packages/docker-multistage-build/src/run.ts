// The story of one image: look for it, gate it, build it once, publish exactly those bytes, say what happened.
import { rm } from 'node:fs/promises';
import type { Deps } from '@headgate/kit/deps';
import type { ActionResult } from '@headgate/kit/action';
import { createRedactor } from '@headgate/kit/secrets';
import { findBuilder } from './builder.js';
import { commitTime } from './commit-time.js';
import { type FailedPart, reportFailure } from './failed-leg.js';
import { type BuildPlan, runGates } from './gates.js';
import { buildImage, layoutDirectory } from './image.js';
import { keyFor } from './image-key.js';
import type { Inputs } from './inputs.js';
import { createJournal, type Journal } from './journal.js';
import { openRegistry, publishLayout, tagManifest } from './publication.js';
import type { Registry } from './registry.js';
import { type Delivered, imagePart, imageSummary, outputsOf } from './report.js';
import { findReusable } from './reuse.js';
import { removeSecretFiles, type WrittenSecrets, writeSecretFiles } from './secret-files.js';
import { checkTargets } from './targets.js';
import { type BuildPaths, findPaths, resolveContexts } from './workspace.js';

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
  const paths = await findPaths(inputs, deps.context.workspace);
  checkTargets(paths.dockerfile, paths.shownFile, inputs);
  const registry = inputs.publish && inputs.image !== null ? openRegistry(inputs.image, inputs, deps) : null;
  const leg: Leg = { inputs, deps, journal, paths, registry };
  const reused = registry === null ? null : await takeOver(leg, registry);
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

/** An image with evidence gets the tags and nothing is built. */
async function takeOver({ inputs, deps, journal }: Leg, registry: Registry): Promise<Delivered | null> {
  const found = await journal.time('look for evidence', () => findReusable(inputs, registry, deps));
  if (found === null) return null;
  const { image, runUrl } = found.evidence;
  deps.core.notice(
    `${inputs.leg} is not rebuilt: ${image.digest} was built from the same inputs by ${runUrl}`,
  );
  const tags = await tagManifest(found.manifest, {
    registry,
    tags: tagsOf(inputs),
    journal,
    core: deps.core,
  });
  const reference = `${registry.image.name}@${image.digest}`;
  return {
    ...image,
    leg: inputs.leg,
    name: registry.image.name,
    reference,
    tags,
    reusedFrom: image.reusedFrom ?? runUrl,
  };
}

async function make(leg: Leg, secrets: WrittenSecrets): Promise<ActionResult> {
  const { inputs, deps, journal, registry } = leg;
  const plan = await planBuild(leg, secrets);
  const redactor = createRedactor([...inputs.buildSecrets.values, ...secrets.values]);
  const fail = (part: FailedPart): Promise<ActionResult> =>
    reportFailure(part, { ...leg, shownFile: leg.paths.shownFile, redactor });
  const failed = await runGates(inputs.testTargets, plan, { journal, deps });
  if (failed !== null) return await fail({ step: `gate ${failed.target}`, outcome: failed.outcome });
  const built = await buildImage(inputs.target, plan, { journal, deps });
  if (built.kind !== 'built') return await fail({ step: 'build', outcome: built });
  const { layout, sizes } = built.image;
  const { digest } = layout.root;
  const tags =
    registry === null
      ? []
      : await publishLayout(layout, { registry, tags: tagsOf(inputs), journal, core: deps.core });
  return await succeed(leg, {
    leg: inputs.leg,
    name: inputs.image?.name ?? null,
    digest,
    reference: registry === null ? null : `${registry.image.name}@${digest}`,
    tags,
    key: await keyFor(inputs, digest, deps),
    platforms: sizes.platforms,
    reusedFrom: null,
  });
}

async function planBuild({ inputs, deps, paths }: Leg, secrets: WrittenSecrets): Promise<BuildPlan> {
  const { buildArgs, network, platforms, labels } = inputs;
  const buildContexts = await resolveContexts(inputs.buildContexts, deps.context.workspace);
  const { context, file } = paths;
  const source = {
    context,
    file,
    buildArgs,
    buildContexts,
    network,
    platforms,
    labels,
    secretFiles: secrets.files,
  };
  const time = await commitTime(context, deps);
  if (time === null)
    deps.core.notice('The context is no git checkout: the digest will differ from build to build.');
  return { source, commitTime: time, endMs: deps.clock.now() + inputs.deadlineMs };
}

async function succeed({ deps, journal }: Leg, image: Delivered): Promise<ActionResult> {
  await deps.core.appendSummary(imageSummary(image, journal));
  const parts = { images: [imagePart(image)], tests: journal.tests, timings: journal.timings };
  return { outputs: outputsOf(image), entry: { parts } };
}

function tagsOf(inputs: Inputs): { readonly fixed: readonly string[]; readonly moving: readonly string[] } {
  return { fixed: inputs.tags, moving: inputs.movingTags };
}
