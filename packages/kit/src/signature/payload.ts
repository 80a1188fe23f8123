// What is signed: a small JSON document that names the image's digest ("simple signing").
import { isObject, type JsonObject, readObject } from './json-object.js';

const signatureType = 'cosign container image signature';

/**
 * The bytes to be signed for a digest, the same each time (sigstore/cosign, specs/SIGNATURE_SPEC.md, "Payloads"; the
 * format is containers/image, docs/containers-signature.5.md, "JSON data format").
 * @param name `host/repository`; verifiers ignore it
 */
export function signaturePayload(name: string, digest: string): Buffer {
  const critical = {
    identity: { 'docker-reference': name },
    image: { 'docker-manifest-digest': digest },
    type: signatureType,
  };
  return Buffer.from(JSON.stringify({ critical, optional: null }));
}

/** Why signed bytes do not speak for the digest; null when they do. */
export function payloadProblem(payload: Uint8Array, digest: string): string | null {
  const { type, image } = objectOr(readObject(payload)?.['critical']);
  const found = objectOr(image)['docker-manifest-digest'];
  if (type !== signatureType) return 'it signs something that is no image';
  if (found === digest) return null;
  return `it is for ${typeof found === 'string' ? JSON.stringify(found.slice(0, 80)) : 'no digest'}`;
}

function objectOr(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
