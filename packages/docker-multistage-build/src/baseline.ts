// The image that this one is held against: only its manifests are read, and what cannot be read holds nothing up.
import { platformOf } from '@headgate/image/image-manifest';
import { object, objects, parseJson } from '@headgate/image/json';
import type { Baseline, MeasuredPlatform } from '@headgate/image/measured-image';
import type { Deps } from '@headgate/kit/deps';
import { parseImageName } from '@headgate/kit/registry/reference';
import type { Registry } from '@headgate/kit/registry/registry';
import type { Inputs } from './inputs.js';
import { openRegistry } from './publication.js';

const missing = (reason: string): Baseline => ({ kind: 'missing', reason });
const bareTag = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** `tag` of the image's own repository, or a full reference with a tag or digest. Never rejects but for a cancel. */
export async function readBaseline(inputs: Inputs, own: Registry | undefined, deps: Deps): Promise<Baseline> {
  const { baseline } = inputs;
  if (baseline === '') return missing('no baseline was asked for');
  try {
    const { registry, reference } = await placeOf(inputs, own, deps);
    const platforms = await platformsOf(registry, reference);
    if (platforms === null) return missing(`${baseline} does not exist`);
    return { kind: 'known', name: baseline, platforms };
  } catch (problem) {
    deps.signal.throwIfAborted();
    const reason = problem instanceof Error ? problem.message : String(problem);
    return missing(`${baseline} cannot be read: ${reason}`);
  }
}

async function placeOf(
  inputs: Inputs,
  own: Registry | undefined,
  deps: Deps,
): Promise<{ readonly registry: Registry; readonly reference: string }> {
  const { baseline, image } = inputs;
  if (bareTag.test(baseline)) {
    if (own !== undefined) return { registry: own, reference: baseline };
    if (image === null) throw new Error('the image has no name, so a tag alone says nothing');
    return { registry: await openRegistry(image, inputs, deps), reference: baseline };
  }
  const [, name = '', reference = ''] = /^(.+?)(?:@|:(?=[^/]*$))(.+)$/.exec(baseline) ?? [];
  if (reference === '') throw new Error('host/repository:tag was expected');
  return { registry: await openRegistry(parseImageName(name), inputs, deps), reference };
}

async function platformsOf(
  registry: Registry,
  reference: string,
): Promise<readonly MeasuredPlatform[] | null> {
  const root = await registry.findManifest(reference);
  if (root === null) return null;
  const document = object(parseJson(root.bytes, reference));
  const children = objects(document['manifests']);
  if (children.length === 0) return [{ platform: '', layers: layersOf(document) }];
  const platforms: MeasuredPlatform[] = [];
  for (const child of children) {
    const platform = platformOf(object(child['platform']));
    const digest = child['digest'];
    if (platform === null || typeof digest !== 'string') continue;
    const found = await registry.findManifest(digest);
    if (found !== null)
      platforms.push({ platform, layers: layersOf(object(parseJson(found.bytes, digest))) });
  }
  return platforms;
}

function layersOf(manifest: Readonly<Record<string, unknown>>): MeasuredPlatform['layers'] {
  return objects(manifest['layers']).map(({ digest, size }) => ({
    digest: String(digest),
    createdBy: '',
    compressed: typeof size === 'number' ? size : 0,
    uncompressed: null,
    entries: null,
  }));
}
