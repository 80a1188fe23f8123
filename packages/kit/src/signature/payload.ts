// What is signed: a small JSON document that names the image's digest ("simple signing").
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
  const critical = member(parse(payload), 'critical');
  const type = member(critical, 'type');
  const found = member(member(critical, 'image'), 'docker-manifest-digest');
  if (type !== signatureType) return 'it signs something that is no image';
  if (found === digest) return null;
  return `it is for ${typeof found === 'string' ? JSON.stringify(found.slice(0, 80)) : 'no digest'}`;
}

function parse(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch {
    return null;
  }
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return new Map(Object.entries(value)).get(name);
}
