// Names of images as people give them to Docker: host, tag and digest may be left out.
import { type ImageName, isDigest, parseImageName, parseTags } from '@headgate/kit/registry/reference';
import { failure } from './failures.js';

export interface ImageReference {
  readonly image: ImageName;
  /** A digest, or else a tag. */
  readonly reference: string;
}

/**
 * `alpine` is `docker.io/library/alpine:latest`, as everywhere (distribution/reference, "normalized names").
 * @throws ActionError `image-name-invalid`
 */
export function parseImageReference(text: string): ImageReference {
  const at = text.indexOf('@');
  const named = at < 0 ? text : text.slice(0, at);
  const digest = at < 0 ? null : text.slice(at + 1);
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const tag = colon < 0 ? null : named.slice(colon + 1);
  const name = withHost(colon < 0 ? named : named.slice(0, colon));
  if (digest !== null && !isDigest(digest)) {
    throw failure('image-name-invalid', `${JSON.stringify(text)} has a digest that is no sha256 digest.`);
  }
  try {
    parseTags('the image', tag === null ? [] : [tag]);
    return { image: parseImageName(name), reference: digest ?? tag ?? 'latest' };
  } catch (cause) {
    throw failure('image-name-invalid', `${JSON.stringify(text)} is no name of an image.`, cause);
  }
}

function withHost(name: string): string {
  const slash = name.indexOf('/');
  if (slash < 0) return `docker.io/library/${name}`;
  const first = name.slice(0, slash);
  return /[.:]/.test(first) || first === 'localhost' ? name : `docker.io/${name}`;
}
