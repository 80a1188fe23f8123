// Descriptors, and the layers of which a manifest says where they are to be had.
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import { isDigest } from '@headgate/kit/registry/reference';
import { failure } from './failures.js';
import type { Json } from './json.js';

/** @throws ActionError `layout-invalid` for an incomplete one */
export function readDescriptor(value: Json): Descriptor {
  const { mediaType, digest, size } = value;
  if (!isDigest(digest)) throw failure('layout-invalid', `"${shown(digest)}" is not a sha256 digest.`);
  if (typeof mediaType !== 'string' || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw failure('layout-invalid', `The descriptor of ${digest} is incomplete.`);
  }
  return { mediaType, digest, size };
}

/**
 * A layer of an image that runs. Layers that lie elsewhere (`urls`, or one of the types that only name them) cannot be
 * judged, because what is fetched later is not what is read here.
 * @throws ActionError `layer-foreign`, `layout-invalid`
 */
export function readLayerDescriptor(value: Json): Descriptor {
  const descriptor = readDescriptor(value);
  const urls = value['urls'];
  if ((Array.isArray(urls) && urls.length > 0) || /foreign|nondistributable/.test(descriptor.mediaType)) {
    throw failure('layer-foreign', `Layer ${descriptor.digest} is not part of the image, it lies elsewhere.`);
  }
  return descriptor;
}

function shown(value: unknown): string {
  return String(value).slice(0, 200);
}
