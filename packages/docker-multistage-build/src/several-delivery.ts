// Several images on their way out: all fixed tags are looked at first, then each is published or taken over, and described.
import type { ImageLayout } from '@headgate/image/layout';
import type { Verdict } from '@headgate/image/verdict';
import type { ActionResult } from '@headgate/kit/action';
import { jsonOutput } from '@headgate/kit/json-output';
import type { ImagePart, PlatformSize } from '@headgate/kit/record-parts';
import { writeEvidence } from './evidence-file.js';
import { keyFor } from './image-key.js';
import { type ImageIdentity, identityOfLayout } from './image-outputs.js';
import type { Inputs } from './inputs.js';
import { type Place, publishLayout } from './publication.js';
import { checkFixedTags } from './publish.js';
import { type Delivered, imagePart, imageSummary } from './report.js';
import type { EarlierImage, ReuseTools } from './reuse.js';
import type { VerdictOutputs } from './verdict-report.js';

interface Wanted {
  readonly own: Inputs;
  readonly places: readonly Place[];
}

/** Built and examined by this step. */
interface MadeImage extends Wanted {
  readonly earlier: null;
  readonly layout: ImageLayout;
  readonly sizes: readonly PlatformSize[];
  readonly verdict: Verdict;
  readonly told: VerdictOutputs;
}

export type ReadyImage = MadeImage | (Wanted & { readonly earlier: EarlierImage });

interface Leg extends ReuseTools {
  readonly inputs: Inputs;
}

/** @throws ActionError `tag-conflict` before anything is sent, and the registry's codes */
export async function publishAll(
  all: readonly ReadyImage[],
  { inputs, deps, journal, signer }: Leg,
): Promise<ActionResult> {
  for (const ready of all)
    for (const { registry, tags } of ready.places)
      await checkFixedTags(tags.fixed, (ready.earlier ?? ready.layout.root).digest, registry);
  const images: Record<string, unknown> = {};
  const parts: ImagePart[] = [];
  for (const ready of all) {
    const { image, identity } = await deliver(ready, { journal, deps, signer });
    await deps.core.appendSummary(imageSummary(image, { timings: [], tests: [], retries: [] }));
    parts.push(imagePart(image));
    images[image.leg] = {
      digest: image.reference === null ? '' : image.digest,
      'image-ref': image.reference ?? '',
      tags: image.tags,
      signature: image.signature ?? '',
      'image-id': identity.imageId,
      'platform-digests': identity.platformDigests,
      sizes: image.platforms,
      'image-key': image.key,
      reused: image.reusedFrom !== null,
      ...(ready.earlier === null ? ready.told : {}),
      ...(await writeEvidence(image, deps)),
    };
  }
  const verdicts = all.flatMap((ready) => (ready.earlier === null ? [ready.verdict] : []));
  const verdict = verdicts.length === 0 ? '' : verdicts.includes('warn') ? 'warn' : 'pass';
  const entry = { images: parts, tests: journal.tests, timings: journal.timings };
  return { outputs: { images: jsonOutput(images), verdict }, entry: { name: inputs.leg, parts: entry } };
}

async function deliver(
  ready: ReadyImage,
  { journal, deps, signer }: ReuseTools,
): Promise<{ readonly image: Delivered; readonly identity: ImageIdentity }> {
  if (ready.earlier !== null) return await ready.earlier.tag();
  const { own, layout, places, sizes, verdict } = ready;
  const { digest } = layout.root;
  const [first] = places;
  const published =
    first === undefined
      ? { tags: [], signature: null }
      : await publishLayout(layout, places, { journal, core: deps.core, signer });
  const image = {
    leg: own.leg,
    name: own.image?.name ?? null,
    digest,
    reference: first === undefined ? null : `${first.registry.image.name}@${digest}`,
    ...published,
    key: await keyFor(own, digest, deps),
    platforms: sizes,
    verdict,
    reusedFrom: null,
  };
  return { image, identity: identityOfLayout(layout) };
}
