// Several images from one Dockerfile: built one after the other in one builder, which has the stages they share from the
// first; published only when all of them are built.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { createRedactor } from '@headgate/kit/secrets';
import { type BuildPlan, planBuild } from './build-plan.js';
import { examine } from './examination.js';
import { type FailedPart, reportFailure } from './failed-leg.js';
import { finishBuild } from './further-builds.js';
import { runGates } from './gates.js';
import { type BuiltImage, buildImage } from './image.js';
import type { Inputs } from './inputs.js';
import type { Journal } from './journal.js';
import { openPlaces, type Place } from './publication.js';
import type { EarlierImage } from './reuse.js';
import type { WrittenSecrets } from './secret-files.js';
import { publishAll, type ReadyImage } from './several-delivery.js';
import { inputsOfTargets } from './several-inputs.js';
import type { Signer } from './signer.js';
import type { BuildPaths } from './workspace.js';

export interface SeveralLeg {
  readonly inputs: Inputs;
  readonly deps: Deps;
  readonly journal: Journal;
  readonly paths: BuildPaths;
  readonly signer: Signer | null;
}

/** @throws ActionError as the build of one image does */
export async function makeSeveral(leg: SeveralLeg, secrets: WrittenSecrets): Promise<ActionResult> {
  const { inputs, deps, journal, paths } = leg;
  const redactor = createRedactor([...inputs.buildSecrets.values, ...secrets.values]);
  const fail = (part: FailedPart): Promise<ActionResult> =>
    reportFailure(part, { ...leg, ...paths, redactor });
  const wanted = await Promise.all(inputsOfTargets(inputs).map((own) => lookFor(own, leg)));
  const all: ReadyImage[] = [];
  const folder = join(deps.temporary, 'several');
  try {
    const material = { paths, secretFiles: secrets.files, redactor };
    const shared = await planBuild(inputs, material, deps);
    if (wanted.some(({ earlier }) => earlier === null)) {
      const failed = await runGates(inputs, shared, { journal, deps });
      if (failed !== null) return await fail(failed);
    }
    for (const one of wanted) {
      const { own, places, earlier } = one;
      if (earlier !== null) {
        all.push({ ...one, earlier });
        continue;
      }
      const { platforms, buildArgs, labels } = own;
      // One time, one deadline, one set of secrets: only what differs is another.
      const plan = { ...shared, source: { ...shared.source, platforms, buildArgs, labels } };
      const made = await makeOne(own, plan, { journal, deps: { ...deps, temporary: join(folder, own.leg) } });
      if ('step' in made) return await fail(made);
      const tools = { ...leg, secrets, redactor, registry: places[0]?.registry };
      const { sizes, verdict, outputs: told, refusal } = await examine(made.layout, own, tools);
      if (refusal !== null) throw refusal;
      all.push({ own, places, earlier, layout: made.layout, sizes, verdict, told });
    }
    return await publishAll(all, leg);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Where an image goes, and whether an earlier run made it. */
async function lookFor(
  own: Inputs,
  { deps, journal, signer }: SeveralLeg,
): Promise<{
  readonly own: Inputs;
  readonly places: readonly Place[];
  readonly earlier: EarlierImage | null;
}> {
  const places = await openPlaces(own, { ...deps, onRetry: journal.addRetry });
  const [first] = places;
  if (first === undefined || own.imageKey === null) return { own, places, earlier: null };
  const { findEarlier } = await import('./reuse.js');
  return { own, places, earlier: await findEarlier(own, first.registry, { journal, deps, signer }) };
}

async function makeOne(
  inputs: Inputs,
  plan: BuildPlan,
  tools: { readonly journal: Journal; readonly deps: Deps },
): Promise<BuiltImage | FailedPart> {
  await mkdir(tools.deps.temporary, { recursive: true, mode: 0o700 });
  const built = await buildImage(inputs.target, plan, tools);
  if (built.kind !== 'built') return { step: `build of ${inputs.leg}`, outcome: built };
  return (await finishBuild(inputs, { plan, layout: built.image.layout }, tools)) ?? built.image;
}
