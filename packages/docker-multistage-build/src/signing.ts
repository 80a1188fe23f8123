// Signing as cosign does it with a key: what is signed is what a tag will name, the index or the single manifest.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deps } from '@headgate/kit/deps';
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import type { Registry, RemoteManifest } from '@headgate/kit/registry/registry';
import {
  describe,
  mostSignatures,
  ociManifest,
  payloadType,
  signatureLayers,
  signatureManifest,
  signatureTag,
} from '@headgate/kit/signature/manifest';
import { signaturePayload } from '@headgate/kit/signature/payload';
import { readSigningKey, type SigningKey } from '@headgate/kit/signature/signing-key';
import { verifyImage } from '@headgate/kit/signature/verification';
import { failure } from './failures.js';
import type { Signer } from './signer.js';

/** Two runs that sign one digest at once overwrite each other's list: who lost joins the list that is there then. */
const mostTurns = 3;

/**
 * A signer with one private key (sigstore/cosign, specs/SIGNATURE_SPEC.md). Whoever pulls a platform comes by the
 * index, whose digest names its manifests: they get no signatures of their own, as with cosign without `--recursive`.
 * @throws InputError for what is no key
 */
export function createSigner(pem: string, { temporary }: Pick<Deps, 'temporary'>): Signer {
  const key = readSigningKey(pem, 'build-secrets: signing-key');
  return { sign: (registry, digest) => signOnce({ registry, digest, key, temporary }) };
}

interface Signing {
  readonly registry: Registry;
  readonly digest: string;
  readonly key: SigningKey;
  /** A private folder. */
  readonly temporary: string;
}

async function signOnce(signing: Signing): Promise<string> {
  const { registry, digest, key } = signing;
  const { name } = registry.image;
  const payload = signaturePayload(name, digest);
  const signature = key.sign(payload);
  for (let turn = 0; turn < mostTurns; turn += 1) {
    const verdict = await verifyImage(registry, digest, [key.verifyKey]);
    if (verdict.kind === 'signed') return verdict.reference;
    const put = await addSignature(signing, payload, signature);
    if (put !== null) return `${name}@${put}`;
  }
  throw failure(
    'signature-failed',
    `${name}@${digest} was signed ${mostTurns} times, and each time another list of signatures stood under ${signatureTag(digest)} afterwards.`,
    'Give runs that publish one image a concurrency group, and run the job again.',
  );
}

/** Null when somebody else's list stands there afterwards. */
async function addSignature(signing: Signing, payload: Buffer, signature: Buffer): Promise<string | null> {
  const { registry, digest } = signing;
  const tag = signatureTag(digest);
  const before = await registry.findManifest(tag);
  const made = signatureManifest(layersOf(before, signing), payload, signature);
  await putBytes(describe(payloadType, payload), payload, signing);
  await putBytes(made.configDescriptor, made.config, signing);
  const put = await registry.putManifest({ reference: tag, mediaType: ociManifest, bytes: made.bytes });
  const after = await registry.awaitManifest(tag, before?.digest ?? null);
  return after?.digest === put ? put : null;
}

function layersOf(before: RemoteManifest | null, { registry, digest }: Signing) {
  const layers = before === null ? [] : signatureLayers(before.bytes);
  if (layers !== null && layers.length < mostSignatures) return layers;
  const tag = signatureTag(digest);
  const found = layers === null ? 'something that is no list of signatures' : `${layers.length} signatures`;
  throw failure(
    'signature-failed',
    `A list of fewer than ${mostSignatures} signatures was expected under ${registry.image.name}:${tag}, there is ${found}.`,
    `Delete the tag ${tag} in the registry, and run the job again.`,
  );
}

async function putBytes(
  descriptor: Descriptor,
  bytes: Buffer,
  { registry, temporary }: Signing,
): Promise<void> {
  const file = join(temporary, `signed-${descriptor.digest.slice('sha256:'.length)}`);
  try {
    await writeFile(file, bytes, { mode: 0o600 });
    await registry.putBlob(descriptor, file);
  } finally {
    await rm(file, { force: true });
  }
}
