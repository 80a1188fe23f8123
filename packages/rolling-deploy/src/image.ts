// The image to deploy: always by digest, from an input or from the delivery record.

import type { DeliveryRecord } from '@headgate/kit/record';
import { DeployError } from './errors.js';

export interface ImageReference {
  /** `host/repository@sha256:…` */
  readonly reference: string;
  readonly digest: string;
  /** Host of the registry, `docker.io` when the reference names none. */
  readonly registry: string;
}

const shape =
  /^(?<name>[a-z0-9][a-z0-9.-]*(?::\d{1,5})?(?:\/[a-z0-9][a-z0-9._-]*)*)(?::[\w][\w.-]{0,127})?@(?<digest>sha256:[0-9a-f]{64})$/;

/** @throws {DeployError} image-without-digest */
export function parseImage(text: string): ImageReference {
  const { name, digest } = shape.exec(text)?.groups ?? {};
  if (name === undefined || digest === undefined) {
    throw new DeployError({
      code: 'image-without-digest',
      message: `image: host/repository@sha256:… was expected, ${JSON.stringify(text.slice(0, 200))} was found`,
      hint: 'Pass the output image-ref of docker-multistage-build: a tag may point elsewhere tomorrow.',
    });
  }
  return { reference: `${name}@${digest}`, digest, registry: registryOf(name) };
}

/** Host of the registry that a reference of any kind names, else `docker.io`. */
export function registryOf(reference: string): string {
  const first = reference.split('/')[0] ?? '';
  return reference.includes('/') && (/[.:]/.test(first) || first === 'localhost') ? first : 'docker.io';
}

/** @throws {DeployError} image-not-in-record, image-without-digest */
export function imageFromRecord(record: DeliveryRecord, name: string): ImageReference {
  const image = record.images.find((part) => part.name === name);
  if (image?.reference !== undefined && image.reference !== null) return parseImage(image.reference);
  const names = record.images.map((part) => part.name).join(', ');
  throw new DeployError({
    code: 'image-not-in-record',
    message: `the delivery record has no published image ${JSON.stringify(name)}; it has ${names || 'none'}`,
    hint: 'Check image-name, and that the image was published in this run.',
  });
}
