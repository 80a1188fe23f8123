// What a base image brings: the layers that others begin with.
import { readConfig } from './image-config.js';
import { readImage } from './image-manifest.js';
import { type ImageSource, readDocument } from './image-source.js';

/**
 * Its documents only; no layer is read. The source stays open.
 * @returns diff ids by platform, lowest first
 * @throws ActionError, with the codes of `ImageFailureCode`
 */
export async function readBaseLayers(source: ImageSource): Promise<ReadonlyMap<string, readonly string[]>> {
  const { manifests } = await readImage(source);
  const layers = new Map<string, readonly string[]>();
  for (const manifest of manifests) {
    if (manifest.platform === null) continue;
    const { diffIds } = readConfig(await readDocument(source, manifest.config), manifest);
    layers.set(manifest.platform, diffIds);
  }
  return layers;
}
