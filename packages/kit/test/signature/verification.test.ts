// Verification against a registry that has the right signature, none, or whatever somebody hostile puts there.
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHttp } from '../../src/http.js';
import { createPersistence } from '../../src/registry/persistence.js';
import { parseImageName } from '../../src/registry/reference.js';
import { createRegistry } from '../../src/registry/registry.js';
import { createTransport } from '../../src/registry/transport.js';
import {
  mostSignatures,
  ociManifest,
  readSignatureLayer,
  signatureLayers,
  signatureManifest,
  signatureTag,
} from '../../src/signature/manifest.js';
import { signaturePayload } from '../../src/signature/payload.js';
import { readSigningKey } from '../../src/signature/signing-key.js';
import { type SignatureVerdict, verifyImage } from '../../src/signature/verification.js';
import { createTestDeps, type TestDeps } from '../../src/testing/deps.js';
import { digestOf, type RegistryDouble, startRegistry } from '../../src/testing/registry.js';

const newKey = (): ReturnType<typeof readSigningKey> =>
  readSigningKey(
    String(generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' })),
    'signing-key',
  );
const ours = newKey();
const theirs = newKey();
const digest = digestOf(Buffer.from('an image'));
const other = digestOf(Buffer.from('another image'));
const tag = signatureTag(digest);

type Layer = Record<string, unknown>;

let remote: RegistryDouble;
let deps: TestDeps;

beforeEach(async () => {
  remote = await startRegistry();
  deps = createTestDeps({ http: createHttp() });
});

afterEach(() => remote.close());

function verify(): Promise<SignatureVerdict> {
  const image = parseImageName(`${remote.host}/acme/shop`);
  const now = (): number => deps.clock.now();
  const transport = createTransport({ image, credentials: null, actions: 'pull', http: deps.http, now });
  const persist = createPersistence(image.host, deps);
  const registry = createRegistry({ image, transport, persist, signal: deps.signal });
  return verifyImage(registry, digest, [ours.verifyKey]);
}

/** Puts the payload there, and gives the layer that it is signed by. */
function layer(key: typeof ours, payload: Buffer, change: Layer = {}): Layer {
  remote.blobs.set(digestOf(payload), payload);
  const [made] = signatureLayers(signatureManifest([], payload, key.sign(payload)).bytes) ?? [];
  return { ...made, ...change };
}

function serve(document: unknown): string {
  const bytes = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
  remote.manifests.set(tag, { mediaType: ociManifest, bytes });
  return digestOf(bytes);
}

const serveLayers = (...layers: readonly Layer[]): string => serve({ schemaVersion: 2, layers });
const good = (): Layer => layer(ours, signaturePayload('x', digest));

describe('an image', () => {
  it('without a signature is unsigned', async () => {
    expect(await verify()).toEqual({ kind: 'unsigned', tag });
  });

  it('whose list of signatures is empty is unsigned', async () => {
    serveLayers();

    expect(await verify()).toEqual({ kind: 'unsigned', tag });
  });

  it('that our key has signed is signed, and the verdict names key and place', async () => {
    const put = serveLayers(good());

    const reference = `${remote.host}/acme/shop@${put}`;
    expect(await verify()).toEqual({ kind: 'signed', key: ours.verifyKey.name, reference });
  });

  it('with one good signature among several others is signed', async () => {
    const noise = { mediaType: 'text/plain' };
    serveLayers(
      noise,
      layer(theirs, signaturePayload('x', digest)),
      layer(ours, signaturePayload('x', other)),
      good(),
    );

    expect(await verify()).toMatchObject({ kind: 'signed' });
  });

  it('is signed also by a payload with claims of its own', async () => {
    const document = JSON.parse(signaturePayload('y', digest).toString()) as object;
    serveLayers(layer(ours, Buffer.from(JSON.stringify({ ...document, optional: { run: '7' } }, null, 2))));

    expect(await verify()).toMatchObject({ kind: 'signed' });
  });

  it.each([[[{ status: 503 }]], [[{ cut: true }]], [[{ status: 429 }, { status: 502 }]]])(
    'is signed although the registry stumbles with %j',
    async (troubles) => {
      serveLayers(good());
      const left = [...troubles, ...troubles];
      remote.trouble = () => left.shift() ?? null;

      expect(await verify()).toMatchObject({ kind: 'signed' });
    },
  );
});

describe('a registry that is hostile or broken', () => {
  const payload = signaturePayload('x', digest);

  it.each<[string, () => unknown, RegExp]>([
    [
      'a signature of another digest',
      () => serveLayers(layer(ours, signaturePayload('x', other))),
      /it is for ..sha256:/,
    ],
    ['a signature by another key', () => serveLayers(layer(theirs, payload)), /another key/],
    [
      'our signature over other bytes',
      () => {
        const { annotations } = layer(ours, signaturePayload('x', other));
        serveLayers(layer(theirs, payload, { annotations }));
      },
      /another key/,
    ],
    [
      'other bytes under the payload’s digest',
      () => {
        serveLayers(good());
        remote.blobs.set(
          digestOf(payload),
          Buffer.from(
            payload
              .toString()
              .replace('shop', 'sh0p')
              .padEnd(payload.length + 1),
          ),
        );
      },
      /does not have the payload/,
    ],
    [
      'no payload',
      () => {
        serveLayers(good());
        remote.blobs.clear();
      },
      /does not have the payload/,
    ],
    [
      'a payload that says to be huge',
      () => serveLayers(layer(ours, payload, { size: 65_537 })),
      /more than 65536/,
    ],
    [
      'a payload that is longer than it says',
      () => serveLayers(layer(ours, payload, { size: 10 })),
      /does not have/,
    ],
    [
      'a signature without end',
      () =>
        serveLayers(
          layer(ours, payload, { annotations: { 'dev.cosignproject.cosign/signature': 'A'.repeat(4000) } }),
        ),
      /no base64/,
    ],
    [
      'an annotation that is a number',
      () => serveLayers(layer(ours, payload, { annotations: { 'dev.cosignproject.cosign/signature': 7 } })),
      /no base64/,
    ],
    ['no annotation', () => serveLayers(layer(ours, payload, { annotations: null })), /no base64/],
    [
      'a digest that leads elsewhere',
      () => serveLayers(layer(ours, payload, { digest: '../../secret' })),
      /incomplete/,
    ],
    ['a manifest that is no JSON', () => serve('{"layers":'), /no list of signatures/],
    ['a manifest that is null', () => serve('null'), /no list of signatures/],
    ['an index', () => serve({ manifests: [] }), /no list of signatures/],
    ['layers that are texts', () => serve({ layers: ['a'] }), /no list of signatures/],
    [
      'more signatures than a list has',
      () => serveLayers(...Array.from({ length: mostSignatures + 1 }, good)),
      /no list of signatures/,
    ],
  ])('with %s convinces nobody', async (_, put, reason) => {
    put();

    const verdict = await verify();

    expect(verdict).toMatchObject({ kind: 'invalid', tag });
    expect(JSON.stringify(verdict)).toMatch(reason);
  });

  it('with a hundred bad signatures gets a short answer and few requests', async () => {
    serveLayers(...Array.from({ length: mostSignatures }, () => layer(theirs, payload)));

    const verdict = await verify();

    expect(JSON.stringify(verdict).length).toBeLessThan(600);
    expect(JSON.stringify(verdict)).toContain('and 95 more');
    expect(remote.seen).toHaveLength(2);
  });

  it('that sends on without encryption, or in circles, is not followed', async () => {
    serveLayers(good());
    remote.trouble = ({ path }) =>
      path.includes('/blobs/') ? { status: 307, headers: { location: 'http://storage.example/x' } } : null;
    await expect(verify()).rejects.toMatchObject({ code: 'registry-refused' });

    remote.trouble = ({ path }) =>
      path.includes('/blobs/') ? { status: 307, headers: { location: path } } : null;
    expect(await verify()).toMatchObject({ kind: 'invalid' });
  });

  it('that sends a manifest without end is left after the bytes that a manifest may have', async () => {
    serve(`{"layers":[],"rest":"${'x'.repeat(5 * 1024 * 1024)}"}`);

    await expect(verify()).rejects.toMatchObject({
      code: 'registry-unavailable',
      message: expect.stringContaining('more than the 4194304 bytes allowed'),
    });
  });

  it('that refuses or is away gets the registry’s codes, never a verdict', async () => {
    remote.trouble = () => ({ status: 403 });
    await expect(verify()).rejects.toMatchObject({ code: 'registry-auth' });
    remote.trouble = () => ({ status: 503 });
    await expect(verify()).rejects.toMatchObject({ code: 'registry-unavailable' });
  });
});

describe('a list of signatures', () => {
  it('keeps what it has, and every signature that is added is read back', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 100 }).map((some) => Buffer.from(some));
    fc.assert(
      fc.property(fc.array(fc.tuple(bytes, bytes), { minLength: 1, maxLength: 8 }), (all) => {
        let layers: readonly Layer[] = [];
        for (const [payload, signature] of all)
          layers = signatureLayers(signatureManifest(layers, payload, signature).bytes) ?? [];
        const read = layers.map(readSignatureLayer);
        expect(read).toEqual(
          all.map(([payload, signature]) => ({
            payload: expect.objectContaining({ digest: digestOf(payload), size: payload.length }),
            signature,
          })),
        );
      }),
    );
  });

  it('of any JSON is read without an exception', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        for (const one of signatureLayers(Buffer.from(text)) ?? []) readSignatureLayer(one);
      }),
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('mediaType', 'digest', 'size', 'annotations'), fc.jsonValue()),
        (one) => {
          expect(typeof readSignatureLayer(one)).toBe('string');
        },
      ),
    );
  });
});
