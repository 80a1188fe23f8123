// The gate over the bytes that ship: what they hold, what they weigh, and whether a secret of this step is in them.
import { linesOfHistory } from '@headgate/dockerfile/stage-line';
import { type ImageReport, imageReport, type JudgedPlatform } from '@headgate/image/image-report';
import { type InspectedPlatform, inspectImage } from '@headgate/image/inspection';
import { type ImageLayout, openLayout } from '@headgate/image/layout';
import type { Baseline } from '@headgate/image/measured-image';
import { judgePlatform } from '@headgate/image/platform-judgement';
import type { KnownSecret } from '@headgate/image/secret-patterns';
import type { IsHidden } from '@headgate/image/secret-search';
import type { Redactor } from '@headgate/kit/secrets';
import type { ContentRules } from './content-rules.js';
import type { Inputs } from './inputs.js';
import { type ImageWatch, watchImage } from './layer-search.js';
import { readStages } from './stages.js';

export interface ExaminedImage {
  readonly layout: ImageLayout;
  readonly inputs: Inputs;
  /** The Dockerfile's text, and its path in the repository. */
  readonly dockerfile: string;
  readonly shownFile: string;
  readonly rules: ContentRules;
  readonly secrets: readonly KnownSecret[];
  readonly baseline: Baseline;
  readonly redactor: Redactor;
}

/**
 * Reads every byte of the built image once and judges it.
 * @throws ActionError with a code of `ImageFailureCode` for a layout that is not what it should be
 */
export async function examineImage(image: ExaminedImage, signal: AbortSignal): Promise<ImageReport> {
  const { layout, inputs, shownFile, secrets, baseline, redactor } = image;
  const watch = watchImage(layout, secrets);
  const source = await openLayout(layout.directory);
  try {
    const { platforms, digest } = await inspectImage(source, { platform: null, signal, ...watch.options });
    watch.end();
    return imageReport(
      {
        image: inputs.image?.name ?? inputs.leg,
        digest,
        dockerfile: shownFile,
        platforms: platforms.map((platform, index) => judgedPlatform(platform, { image, watch, index })),
        budgets: image.rules.budgets,
        baseline: asPlatform(baseline, platforms),
        skippedSecrets: watch.search.skipped,
        limitedLayers: watch.search.limited,
      },
      redactor,
    );
  } finally {
    await source.close();
  }
}

interface Judging {
  readonly image: ExaminedImage;
  readonly watch: ImageWatch;
  /** Of the platform: what is found in documents is told with the first. */
  readonly index: number;
}

function judgedPlatform(inspected: InspectedPlatform, { image, watch, index }: Judging): JudgedPlatform {
  const { platform, config, layers, visibility } = inspected;
  const lines = linesOf(image, config.createdBy);
  const { policy } = image.rules;
  const judged = judgePlatform(inspected, { lines }, { policy, headOf: watch.headOf });
  const isHidden: IsHidden = (layer, path) => visibility.isHidden(layer, path);
  const secrets = watch.search.finds(isHidden).filter(({ place }) => {
    return place.kind === 'document' ? index === 0 : layers[place.layerIndex]?.digest === place.layer;
  });
  return { platform, layers, ...judged, secrets };
}

/** Lines of the Dockerfile by layer, where anybody but the builder can tell. */
function linesOf(
  { dockerfile, inputs }: ExaminedImage,
  createdBy: readonly string[],
): readonly (number | null)[] {
  const stages = readStages(dockerfile, inputs);
  return stages === null ? [] : linesOfHistory(stages, createdBy);
}

/** A bare manifest does not say its platform: it is that of an image that has one only. */
function asPlatform(baseline: Baseline, platforms: readonly InspectedPlatform[]): Baseline {
  const [only] = platforms;
  if (baseline.kind === 'missing' || platforms.length !== 1 || only === undefined) return baseline;
  const named = baseline.platforms.map((each) =>
    each.platform === '' ? { ...each, platform: only.platform } : each,
  );
  return { ...baseline, platforms: named };
}
