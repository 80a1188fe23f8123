// The closed set of ways an image cannot be read, and the one error that carries them.
import { ActionError } from '@headgate/kit/errors';

/** Documented in README.md, "When it fails". */
export type ImageFailureCode =
  | 'image-not-found'
  | 'image-name-invalid'
  | 'engine-refused'
  | 'platform-missing'
  | 'layout-invalid'
  | 'archive-invalid'
  | 'link-unsafe'
  | 'media-type-unknown'
  | 'index-too-deep'
  | 'blob-missing'
  | 'blob-mismatch'
  | 'layer-foreign'
  | 'compression-mismatch'
  | 'layer-damaged'
  | 'diff-id-mismatch'
  | 'path-unsafe'
  | 'limit-exceeded';

const cures: Readonly<Record<ImageFailureCode, string>> = {
  'image-not-found':
    'Name a folder with an OCI image layout, a .tar file (OCI layout or docker-archive), or an image of a registry such as ghcr.io/owner/name:tag.',
  'image-name-invalid': 'Write [host/]repository[:tag][@sha256:…], for example ghcr.io/owner/name:1.0.0.',
  'engine-refused': 'Check that the Docker engine runs and `docker image inspect` knows the image.',
  'platform-missing': 'Name one of the platforms that the image has.',
  'layout-invalid':
    'Build the image again, for example with `docker buildx build --output type=oci,dest=FILE`.',
  'archive-invalid':
    'Write the archive again, with `docker save` or `docker buildx build --output type=oci`.',
  'link-unsafe': 'Do not use this file: what built the image does not write such links.',
  'media-type-unknown': 'Build the image with a tool that writes OCI or Docker media types.',
  'index-too-deep': 'Name one of the inner indexes by its digest instead.',
  'blob-missing': 'Copy the whole image; `docker save` leaves out platforms that were not pulled.',
  'blob-mismatch': 'Copy or build the image again: its bytes are not those that its manifest names.',
  'layer-foreign': 'Build from a base image whose layers are all in the registry.',
  'compression-mismatch': 'Build the image again with a tool that labels its layers truly.',
  'layer-damaged': 'Copy or build the image again.',
  'diff-id-mismatch': 'Build the image again: its configuration and its layers do not belong together.',
  'path-unsafe': 'Do not use this image: what it holds would be written outside its own root.',
  'limit-exceeded': 'Do not use this image unless you know why it is so; it may be a decompression bomb.',
};

export type ImageFailure = ActionError<ImageFailureCode>;

/** `message`: one sentence, expected and found. The hint belongs to the code. */
export function failure(code: ImageFailureCode, message: string, cause?: unknown): ImageFailure {
  return new ActionError<ImageFailureCode>({ code, message, hint: cures[code], cause });
}

/** Whether an error is this package's own. */
export function isImageFailure(error: unknown): error is ImageFailure {
  return error instanceof ActionError && Object.hasOwn(cures, error.code);
}
