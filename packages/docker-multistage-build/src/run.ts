// The story of one image: look for it, gate it, build it once, publish exactly those bytes, say what happened.
import { rm } from 'node:fs/promises';
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { createRedactor } from '@headgate/kit/secrets';
import { type Builder, describeBuilder, findBuilder } from './builder.js';
import { lookForImage } from './earlier-image.js';
import { layoutDirectory } from './image.js';
import type { Inputs } from './inputs.js';
import { createJournal, type Journal } from './journal.js';
import type { Place } from './publication.js';
import { secretNameWarnings } from './secret-arguments.js';
import { removeSecretFiles, writeSecretFiles } from './secret-files.js';
import { openSigner } from './signer.js';
import { makeSingle, type SingleLeg, succeed } from './single.js';
import { refuseSkippedChecks } from './skipped-checks.js';
import { checkTargets } from './targets.js';
import { reportTimes } from './time-report.js';
import { findPaths } from './workspace.js';

/**
 * Builds and, when asked, publishes one image.
 * @throws ActionError with a code of `FailureCode`; the signal's reason when the job was cancelled
 */
export async function run(given: Inputs, deps: Deps): Promise<ActionResult> {
  const inputs = given.refTags ? await (await import('./ref-tags.js')).withRefTags(given, deps) : given;
  if (inputs.mode === 'promote') return await (await import('./promote.js')).promote(inputs, deps);
  const journal = createJournal(inputs.leg, deps.clock);
  for (const warning of secretNameWarnings(inputs.buildArgs)) deps.core.warning(warning);
  // Bad rules end the step before anything is started.
  (await import('./content-rules.js')).readContentRules(inputs);
  const signer = await openSigner(inputs, deps);
  const paths = await findPaths(inputs, deps.context.workspace);
  checkTargets(paths.dockerfile, paths.shownFile, inputs);
  if (inputs.call === '') refuseSkippedChecks(paths.dockerfile, paths.shownFile, inputs);
  if (inputs.dryRun) return await (await import('./dry-run.js')).dryRun(inputs, paths, deps);
  const leg: SingleLeg = {
    inputs,
    deps,
    journal,
    paths,
    places: await placesOf(inputs, journal, deps),
    signer,
  };
  const reused = await lookForImage(leg.places[0], leg);
  if (reused !== null) return await succeed(leg, { ...reused, metadata: '', told: null });
  const builder = await findBuilder(deps, inputs.options.builder);
  deps.core.info(`Building with ${describeBuilder(builder)}.`);
  if (inputs.call !== '')
    return await (await import('./call.js')).callFrontend(inputs, { paths, ...builder }, deps);
  const { withCache } = await import('./cache-choice.js');
  const options = withCache(inputs, { builder, dockerfile: paths.dockerfile }, deps);
  return await build({ ...leg, inputs: { ...inputs, options }, builder });
}

/** Gates and builds; whatever they leave in the step's folder is removed, however they end. */
async function build(leg: SingleLeg & { readonly builder: Builder }): Promise<ActionResult> {
  const { inputs, deps, journal } = leg;
  const secrets = await writeSecretFiles(inputs.secrets, inputs.buildSecrets, deps);
  const redactor = createRedactor([...inputs.buildSecrets.values, ...secrets.values]);
  const make = async (): Promise<ActionResult> =>
    inputs.targets.length > 0
      ? await (await import('./several.js')).makeSeveral(leg, secrets)
      : await makeSingle(leg, secrets, redactor);
  try {
    const result = inputs.buildRecord
      ? await (await import('./build-record.js')).withBuildRecord(make, { ...leg, secrets, redactor })
      : await make();
    await reportTimes(journal, redactor, deps);
    const folder = journal.results();
    return folder === '' ? result : { ...result, outputs: { ...result.outputs, 'test-results': folder } };
  } finally {
    await removeSecretFiles(secrets.files);
    await rm(layoutDirectory(deps), { recursive: true, force: true });
  }
}

/** Loaded only where something is published. */
async function placesOf(inputs: Inputs, journal: Journal, deps: Deps): Promise<readonly Place[]> {
  if (!inputs.publish) return [];
  const { openPlaces } = await import('./publication.js');
  return await openPlaces(inputs, { ...deps, onRetry: journal.addRetry });
}
