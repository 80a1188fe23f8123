// `headgate verify` against a registry on loopback: who has signed, who has not, and what cannot be asked.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ociManifest, signatureManifest, signatureTag } from '@headgate/kit/signature/manifest';
import { signaturePayload } from '@headgate/kit/signature/payload';
import { readSigningKey } from '@headgate/kit/signature/signing-key';
import { testFolder } from '@headgate/kit/testing/folder';
import { digestOf, type RegistryDouble, startRegistry } from '@headgate/kit/testing/registry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../src/run.js';
import { testHost } from './host.js';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('ed25519');
const pem = (key: KeyObject, type: 'spki' | 'pkcs8'): string => String(key.export({ format: 'pem', type }));
const digest = digestOf(Buffer.from('an image'));

let folder: string;
let remote: RegistryDouble;

beforeEach(async () => {
  folder = testFolder('headgate-verify-');
  writeFileSync(join(folder, 'ours.pub'), pem(pair.publicKey, 'spki'));
  writeFileSync(join(folder, 'theirs.pub'), pem(stranger.publicKey, 'spki'));
  writeFileSync(join(folder, 'ours.key'), pem(pair.privateKey, 'pkcs8'));
  remote = await startRegistry();
});
afterEach(() => remote.close());

function sign(): void {
  const payload = signaturePayload('acme/shop', digest);
  const key = readSigningKey(pem(pair.privateKey, 'pkcs8'), 'key');
  remote.blobs.set(digestOf(payload), payload);
  const { bytes } = signatureManifest([], payload, key.sign(payload));
  remote.manifests.set(signatureTag(digest), { mediaType: ociManifest, bytes });
}

async function verify(...args: readonly string[]) {
  const host = testHost({ directory: folder, env: { DOCKER_CONFIG: folder } });
  const code = await run(['verify', ...args], host);
  return { code, out: host.output(), errors: host.errors() };
}

const image = (): string => `${remote.host}/acme/shop@${digest}`;

describe('verify', () => {
  it('ends well for an image that the key has signed, and names the signature', async () => {
    sign();

    const { code, out } = await verify(image(), '--key', 'ours.pub');

    expect(code).toBe(0);
    expect(out).toMatch(/is signed by the key [0-9a-f]{12}\n {2}.+\/acme\/shop@sha256:/);
  });

  it('ends with 1 for an image that another key has signed, or none', async () => {
    expect(await verify(image(), '--key', 'ours.pub')).toMatchObject({
      code: 1,
      errors: expect.stringContaining(`there is no ${signatureTag(digest)}`),
    });
    sign();
    expect(await verify(image(), '--key', 'theirs.pub')).toMatchObject({
      code: 1,
      errors: expect.stringContaining('1 of 1: another key has made it'),
    });
  });

  it.each<[string, () => readonly string[], RegExp]>([
    ['no key', () => [image()], /one image and --key/],
    ['a tag', () => [`${remote.host}/acme/shop:1`, '--key', 'ours.pub'], /a digest was expected/],
    ['a file that is not there', () => [image(), '--key', 'none'], /none cannot be read/],
    ['a private key', () => [image(), '--key', 'ours.key'], /--key: key 1 of 1 is a private key/],
  ])('cannot be asked with %s', async (_, args, message) => {
    const { code, errors } = await verify(...args());

    expect(code).toBe(2);
    expect(errors).toMatch(message);
    expect(remote.seen).toEqual([]);
  });
});
