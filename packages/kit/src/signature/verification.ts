// Whether the image of a digest carries a signature that one of our keys vouches for. What a registry answers proves nothing.
import type { Registry } from '../registry/registry.js';
import { readSignatureLayer, signatureLayers, signatureTag } from './manifest.js';
import { payloadProblem } from './payload.js';
import type { VerifyKey } from './verify-key.js';

export type SignatureVerdict =
  /** `key` has signed the digest. */
  | { readonly kind: 'signed'; readonly key: string; readonly reference: string }
  /** The registry has no signatures of it. */
  | { readonly kind: 'unsigned'; readonly tag: string }
  /** There are some, and none counts: why, in words. */
  | { readonly kind: 'invalid'; readonly tag: string; readonly reasons: readonly string[] };

/** A payload names a digest and a repository, and perhaps a few claims. */
const largestPayload = 64 * 1024;
const mostReasons = 5;

/**
 * Looks for one signature among those beside the image that verifies with one of the keys and is for this very digest
 * (sigstore/cosign, specs/SIGNATURE_SPEC.md). Certificates and transparency logs are not asked.
 * @throws ActionError the registry's codes
 */
export async function verifyImage(
  registry: Registry,
  digest: string,
  keys: readonly VerifyKey[],
): Promise<SignatureVerdict> {
  const tag = signatureTag(digest);
  const manifest = await registry.findManifest(tag);
  if (manifest === null) return { kind: 'unsigned', tag };
  const layers = signatureLayers(manifest.bytes);
  if (layers === null)
    return { kind: 'invalid', tag, reasons: ['what stands there is no list of signatures'] };
  if (layers.length === 0) return { kind: 'unsigned', tag };
  const judge = createJudge(registry, digest, keys);
  const reasons: string[] = [];
  for (const [index, layer] of layers.entries()) {
    const found = await judge(layer);
    if ('key' in found)
      return { kind: 'signed', key: found.key, reference: `${registry.image.name}@${manifest.digest}` };
    reasons.push(`${index + 1} of ${layers.length}: ${found.problem}`);
  }
  const rest = reasons.length - mostReasons;
  const shown = rest > 0 ? [...reasons.slice(0, mostReasons), `and ${rest} more`] : reasons;
  return { kind: 'invalid', tag, reasons: shown };
}

type Judge = (
  layer: Readonly<Record<string, unknown>>,
) => Promise<{ readonly key: string } | { readonly problem: string }>;

function createJudge(registry: Registry, digest: string, keys: readonly VerifyKey[]): Judge {
  // Several signatures have one payload.
  const payloads = new Map<string, Uint8Array | null>();
  return async (layer) => {
    const read = readSignatureLayer(layer);
    if (typeof read === 'string') return { problem: read };
    const { payload, signature } = read;
    if (payload.size > largestPayload)
      return { problem: `its payload has more than ${largestPayload} bytes` };
    if (!payloads.has(payload.digest)) payloads.set(payload.digest, await registry.readBlob(payload));
    const bytes = payloads.get(payload.digest) ?? null;
    if (bytes === null) return { problem: 'the registry does not have the payload that it signs' };
    const key = keys.find((one) => one.verifies(bytes, signature));
    if (key === undefined) return { problem: 'another key has made it' };
    const problem = payloadProblem(bytes, digest);
    return problem === null ? { key: key.name } : { problem };
  };
}
