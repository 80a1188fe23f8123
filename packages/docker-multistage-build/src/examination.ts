// The built image examined before anything of it is published: one pass over its bytes, one verdict.
import type { ImageLayout } from '@headgate/image/layout';
import type { Verdict } from '@headgate/image/verdict';
import type { Deps } from '@headgate/kit/deps';
import type { ActionError } from '@headgate/kit/errors';
import type { PlatformSize } from '@headgate/kit/record-parts';
import type { Registry } from '@headgate/kit/registry/registry';
import type { Redactor } from '@headgate/kit/secrets';
import { asBuilt } from './built-layout.js';
import type { FailureCode } from './failures.js';
import { identityOfLayout } from './image-outputs.js';
import type { Inputs } from './inputs.js';
import type { Journal } from './journal.js';
import { knownSecrets } from './known-secrets.js';
import type { WrittenSecrets } from './secret-files.js';
import type { VerdictOutputs } from './verdict-report.js';
import type { BuildPaths } from './workspace.js';

export interface Examination {
  readonly verdict: Verdict;
  readonly sizes: readonly PlatformSize[];
  readonly outputs: VerdictOutputs;
  /** Why nothing of it may be published; null when it may. */
  readonly refusal: ActionError<FailureCode> | null;
}

export interface ExaminationTools {
  readonly deps: Deps;
  readonly journal: Journal;
  readonly paths: BuildPaths;
  readonly secrets: WrittenSecrets;
  readonly redactor: Redactor;
  /** Of the image itself; undefined when it has no place yet. */
  readonly registry: Registry | undefined;
}

/** @throws ActionError `layout-invalid`; the signal's reason when cancelled */
export async function examine(
  layout: ImageLayout,
  inputs: Inputs,
  { deps, journal, paths, secrets, redactor, registry }: ExaminationTools,
): Promise<Examination> {
  const [{ examineImage }, { readContentRules }, { readBaseline }, { refusalOf, tellVerdict }] =
    await Promise.all([
      import('./content-gate.js'),
      import('./content-rules.js'),
      import('./baseline.js'),
      import('./verdict-report.js'),
    ]);
  const rules = readContentRules(inputs);
  const report = await journal.time('examine', async () => {
    const baseline = await readBaseline(inputs, registry, deps);
    const known = knownSecrets(inputs.buildSecrets, secrets);
    const image = { ...paths, layout, inputs, rules, secrets: known, baseline, redactor };
    return await asBuilt(() => examineImage(image, deps.signal));
  });
  const { platformDigests } = identityOfLayout(layout);
  for (const { secret, reason } of report.skippedSecrets)
    deps.core.info(`The secret ${secret} is not searched for, because ${reason}.`);
  return {
    verdict: report.verdict,
    sizes: report.platforms.map(({ platform, compressed, uncompressed }) => {
      const digest = platformDigests[platform];
      return { platform, compressed, uncompressed, ...(digest === undefined ? {} : { digest }) };
    }),
    outputs: await tellVerdict(report, inputs, deps),
    refusal: refusalOf(report, paths.shownFile),
  };
}
