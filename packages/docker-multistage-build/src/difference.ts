// Where two images of the same sources first differ: platform, layer, instruction, file.
import { readFile } from 'node:fs/promises';
import type { ImageManifest } from '@headgate/image/image-manifest';
import { type Json, object, objects, parseJson } from '@headgate/image/json';
import { blobPath, type ImageLayout } from '@headgate/image/layout';
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import { firstEntryDifference } from './layer-difference.js';

/** One sentence part naming the first difference; null when every platform's manifest is the same. */
export async function firstDifference(
  first: ImageLayout,
  second: ImageLayout,
  signal: AbortSignal,
): Promise<string | null> {
  const others = new Map(imagesOf(second).map((one) => [one.platform, one]));
  const missing = imagesOf(second).find(
    (one) => !imagesOf(first).some(({ platform }) => platform === one.platform),
  );
  if (missing !== undefined) return `only the second has ${missing.platform}`;
  for (const mine of imagesOf(first)) {
    const other = others.get(mine.platform);
    if (other === undefined) return `only the first has ${mine.platform}`;
    if (other.descriptor.digest === mine.descriptor.digest) continue;
    return await describe({ layout: first, image: mine }, { layout: second, image: other }, signal);
  }
  return null;
}

interface Side {
  readonly layout: ImageLayout;
  readonly image: ImageManifest;
}

function imagesOf(layout: ImageLayout): readonly ImageManifest[] {
  return layout.manifests.filter(({ platform }) => platform !== null);
}

async function describe(left: Side, right: Side, signal: AbortSignal): Promise<string> {
  const [config, other] = await Promise.all([readConfig(left), readConfig(right)]);
  const where = `in ${left.image.platform ?? 'the image'}`;
  const count = Math.max(left.image.layers.length, right.image.layers.length);
  for (let index = 0; index < count; index += 1) {
    const [mine, theirs] = [left.image.layers[index], right.image.layers[index]];
    const place = `${where}, layer ${index + 1} of ${count} (${instruction(config, index)})`;
    if (mine === undefined || theirs === undefined) return `${place} is in one of them only`;
    if (mine.digest === theirs.digest) continue;
    return `${place}: ${await layerDifference([left.layout, mine], [right.layout, theirs], signal)}`;
  }
  const keys = [...new Set([...Object.keys(config), ...Object.keys(other)])].sort((a, b) =>
    a.localeCompare(b),
  );
  const key = keys.find((one) => JSON.stringify(config[one]) !== JSON.stringify(other[one]));
  return `${where}, the layers are the same and ${key === undefined ? 'the manifest' : `\`${key}\` of the configuration`} differs`;
}

async function layerDifference(
  [leftLayout, left]: readonly [ImageLayout, Descriptor],
  [rightLayout, right]: readonly [ImageLayout, Descriptor],
  signal: AbortSignal,
): Promise<string> {
  const found = await firstEntryDifference(
    { path: blobPath(leftLayout.directory, left.digest), mediaType: left.mediaType },
    { path: blobPath(rightLayout.directory, right.digest), mediaType: right.mediaType },
    signal,
  ).catch((problem: unknown) => {
    signal.throwIfAborted();
    return `it cannot be unpacked (${problem instanceof Error ? problem.message : String(problem)})`;
  });
  return found ?? `the files are the same, their packing is not (${left.size} and ${right.size} bytes)`;
}

async function readConfig({ layout, image }: Side): Promise<Json> {
  const { digest } = image.config;
  return object(parseJson(await readFile(blobPath(layout.directory, digest)), digest));
}

/** What made a layer, as the configuration's history says it. */
function instruction(config: Json, layer: number): string {
  const steps = objects(config['history']).filter((step) => step['empty_layer'] !== true);
  const text = object(steps[layer])['created_by'];
  return typeof text === 'string' ? text.replace(/\s+/g, ' ').trim().slice(0, 120) : 'instruction unknown';
}
