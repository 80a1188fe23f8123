// One image: gated by its test stages, built once, examined, published, and described.
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { ActionError } from '@headgate/kit/errors';
import type { Redactor } from '@headgate/kit/secrets';
import { planBuild } from './build-plan.js';
import { writeEvidence } from './evidence-file.js';
import { examine } from './examination.js';
import { type FailedPart, reportFailure, reportUnpublished } from './failed-leg.js';
import { finishBuild } from './further-builds.js';
import { runGates } from './gates.js';
import { buildImage } from './image.js';
import { keyFor } from './image-key.js';
import { type ImageIdentity, identityOfLayout, identityOutputs } from './image-outputs.js';
import type { Inputs } from './inputs.js';
import type { Journal } from './journal.js';
import type { Place } from './publication.js';
import { type Delivered, imagePart, imageSummary, outputsOf } from './report.js';
import type { WrittenSecrets } from './secret-files.js';
import type { Signer } from './signer.js';
import type { VerdictOutputs } from './verdict-report.js';
import type { BuildPaths } from './workspace.js';

export interface SingleLeg {
  readonly inputs: Inputs;
  readonly deps: Deps;
  readonly journal: Journal;
  readonly paths: BuildPaths;
  /** Where it is published, `image` first; empty when nothing is to be published. */
  readonly places: readonly Place[];
  /** Null where nothing is signed. */
  readonly signer: Signer | null;
}

/** The image and what further outputs say of it. */
export interface Known {
  readonly image: Delivered;
  readonly identity: ImageIdentity;
  readonly metadata: string;
  /** Null for one that was taken over: it was examined when it was built. */
  readonly told: VerdictOutputs | null;
}

/** @throws ActionError with a code of `FailureCode` */
export async function makeSingle(
  leg: SingleLeg,
  secrets: WrittenSecrets,
  redactor: Redactor,
): Promise<ActionResult> {
  const { inputs, deps, journal } = leg;
  const plan = await planBuild(inputs, { paths: leg.paths, secretFiles: secrets.files, redactor }, deps);
  const fail = (part: FailedPart): Promise<ActionResult> =>
    reportFailure(part, { ...leg, ...leg.paths, redactor });
  const failed = await runGates(inputs, plan, { journal, deps });
  if (failed !== null) return await fail(failed);
  const built = await buildImage(inputs.target, plan, { journal, deps });
  if (built.kind !== 'built') return await fail({ step: 'build', outcome: built });
  const { layout, metadata } = built.image;
  const [first] = leg.places;
  const tools = { ...leg, secrets, redactor, registry: first?.registry };
  const { sizes, verdict, outputs: told, refusal } = await examine(layout, inputs, tools);
  const further = await finishBuild(inputs, { plan, layout }, { journal, deps });
  if (further !== null) return await fail(further);
  const { digest } = layout.root;
  const image: Delivered = {
    leg: inputs.leg,
    name: inputs.image?.name ?? null,
    digest,
    reference: null,
    tags: [],
    signature: null,
    key: await keyFor(inputs, digest, deps),
    platforms: sizes,
    verdict,
    reusedFrom: null,
  };
  if (refusal !== null) return await reportUnpublished(refusal, image, leg, told);
  const known: Known = { image, identity: identityOfLayout(layout), metadata, told };
  if (first === undefined) return await succeed(leg, known);
  try {
    const { publishLayout } = await import('./publication.js');
    const { signer } = leg;
    const published = await publishLayout(layout, leg.places, { journal, core: deps.core, signer });
    const reference = `${first.registry.image.name}@${digest}`;
    return await succeed(leg, { ...known, image: { ...image, reference, ...published } });
  } catch (problem) {
    if (!(problem instanceof ActionError) || deps.signal.aborted) throw problem;
    return await reportUnpublished(problem, image, leg, told);
  }
}

/** An image that is there, built now or before. */
export async function succeed(
  { deps, journal }: SingleLeg,
  { image, identity, metadata, told }: Known,
): Promise<ActionResult> {
  await deps.core.appendSummary(imageSummary(image, journal));
  const parts = { images: [imagePart(image)], tests: journal.tests, timings: journal.timings };
  const evidence = await writeEvidence(image, deps);
  const outputs = {
    ...outputsOf(image),
    ...identityOutputs(identity, image.platforms),
    metadata,
    ...told,
    ...evidence,
  };
  return { outputs, entry: { name: image.leg, parts } };
}
