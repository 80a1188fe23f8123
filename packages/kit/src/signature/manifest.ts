// Where signatures of an image lie: one image manifest under a tag that its digest names, one layer for each signature.
import { createHash } from 'node:crypto';
import type { Descriptor } from '../registry/descriptor.js';
import { isDigest } from '../registry/reference.js';
import { isObject, type JsonObject, readObject } from './json-object.js';

export const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
const ociConfig = 'application/vnd.oci.image.config.v1+json';
export const payloadType = 'application/vnd.dev.cosign.simplesigning.v1+json';
const annotation = 'dev.cosignproject.cosign/signature';
/** Each run may add one, each key once; more is not a list of signatures. */
export const mostSignatures = 100;
const longestSignature = 1024;

/** One layer of the manifest. */
export interface SignatureLayer {
  readonly payload: Descriptor;
  readonly signature: Uint8Array;
}

/** `sha256-….sig` (sigstore/cosign, specs/SIGNATURE_SPEC.md, "Tag-based Discovery"). */
export function signatureTag(digest: string): string {
  return `${digest.replace(':', '-')}.sig`;
}

/** The layers as they stand there, not judged yet; null for what is no manifest, or has more than `mostSignatures`. */
export function signatureLayers(manifest: Uint8Array): readonly JsonObject[] | null {
  const layers = readObject(manifest)?.['layers'];
  if (!Array.isArray(layers) || layers.length > mostSignatures) return null;
  return layers.every(isObject) ? layers : null;
}

/** A layer as a signature, or in words why it is none (SIGNATURE_SPEC.md, "OCI Image Manifest V1"). */
export function readSignatureLayer({
  mediaType,
  digest,
  size,
  annotations,
}: JsonObject): SignatureLayer | string {
  if (mediaType !== payloadType) return 'its layer has another media type than signatures have';
  if (!isDigest(digest) || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    return 'its descriptor is incomplete';
  const text = isObject(annotations) ? annotations[annotation] : undefined;
  const signature = typeof text === 'string' && text.length <= longestSignature ? text : '';
  const bytes = Buffer.from(signature, 'base64');
  if (signature === '' || bytes.toString('base64') !== signature) return 'its annotation is no base64';
  return { payload: { mediaType, digest, size }, signature: bytes };
}

export interface SignatureManifest {
  readonly bytes: Buffer;
  readonly config: Buffer;
  readonly configDescriptor: Descriptor;
}

/**
 * The manifest with one signature more.
 * @param before the layers that are there already; they stay as they are
 */
export function signatureManifest(
  before: readonly JsonObject[],
  payload: Buffer,
  signature: Buffer,
): SignatureManifest {
  const added = {
    ...describe(payloadType, payload),
    annotations: { [annotation]: signature.toString('base64') },
  };
  const layers = [...before, added];
  // What handles images wants a configuration with as many layers as there are; payloads are not packed.
  const rootfs = { type: 'layers', diff_ids: layers.map((layer) => layer['digest']) };
  const config = Buffer.from(JSON.stringify({ architecture: '', os: '', config: {}, rootfs }));
  const configDescriptor = describe(ociConfig, config);
  const document = { schemaVersion: 2, mediaType: ociManifest, config: configDescriptor, layers };
  return { bytes: Buffer.from(JSON.stringify(document)), config, configDescriptor };
}

export function describe(mediaType: string, bytes: Buffer): Descriptor & JsonObject {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}` as const;
  return { mediaType, digest, size: bytes.length };
}
