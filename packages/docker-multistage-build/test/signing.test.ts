// Images that are signed: when, with what, how often, and what is left when a signature fails.
import { generateKeyPairSync } from 'node:crypto';
import { makeLayout } from '@headgate/image/testing/layouts';
import type { ActionResult } from '@headgate/kit/action';
import { createHttp } from '@headgate/kit/http';
import { createInputReader } from '@headgate/kit/inputs';
import {
  ociManifest,
  readSignatureLayer,
  signatureLayers,
  signatureTag,
} from '@headgate/kit/signature/manifest';
import { readSigningKey } from '@headgate/kit/signature/signing-key';
import { createTestCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { digestOf, type RegistryDouble, startRegistry } from '@headgate/kit/testing/registry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { run } from '../src/run.js';
import { type FakeDocker, makeFakeDocker } from './fake-docker.js';

const made = makeLayout();
const image = (size: number, architecture: string) =>
  made.image([made.fileLayer('gzip', size)], { os: 'linux', architecture });
const built = made.index([image(5000, 'amd64'), image(6000, 'arm64')]);
const layout = made.finish(built);
const tag = signatureTag(built.digest);
const newKey = (): string =>
  String(
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' }),
  );
const key = newKey();

let repository: TestRepository;
let registry: RegistryDouble;
let docker: FakeDocker;
let deps: TestDeps;

beforeEach(async () => {
  repository = createTestRepository();
  repository.commit('start', { Dockerfile: 'FROM scratch AS web\nFROM scratch AS jobs\n' });
  registry = await startRegistry();
  docker = makeFakeDocker({ layout });
  const context = createTestContext({ workspace: repository.directory });
  deps = createTestDeps({ run: docker.run, start: docker.start, http: createHttp(), context });
});

afterEach(async () => {
  repository.remove();
  await registry.close();
});

async function publish(secrets: object, more: Readonly<Record<string, unknown>> = {}): Promise<ActionResult> {
  const settings = {
    leg: 'shop',
    image: `${registry.host}/acme/shop`,
    publish: true,
    tags: ['1.0.0'],
    'moving-tags': ['develop'],
    ...more,
  };
  const given = { settings: JSON.stringify(settings), 'build-secrets': JSON.stringify(secrets) };
  const core = { ...createTestCore(given), setSecret: deps.core.setSecret };
  return await run(readInputs(createInputReader(inputSpecs, core)), deps);
}

/** The signatures beside the image, each with the payload that it signs. */
function signatures(): readonly { readonly signature: Uint8Array; readonly payload: Buffer }[] {
  const layers = signatureLayers(registry.manifests.get(tag)?.bytes ?? Buffer.from('{"layers":[]}')) ?? [];
  return layers.map((layer) => {
    const read = readSignatureLayer(layer);
    if (typeof read === 'string') throw new Error(read);
    return { signature: read.signature, payload: registry.blobs.get(read.payload.digest) ?? Buffer.alloc(0) };
  });
}

const putsOf = (): readonly string[] =>
  registry.seen.flatMap(({ method, path }) => (method === 'PUT' ? (path.split('/manifests/')[1] ?? []) : []));

describe('an image with a signing key', () => {
  it('is signed after it was pushed and before any tag is put, and the output names the signature', async () => {
    const { outputs, entry } = await publish({ 'signing-key': key });

    expect(putsOf().slice(-4)).toEqual([built.digest, tag, '1.0.0', 'develop']);
    const bytes = registry.manifests.get(tag)?.bytes ?? Buffer.alloc(0);
    expect(outputs['signature']).toBe(`${registry.host}/acme/shop@${digestOf(bytes)}`);
    expect(outputs['tags']).toBe('1.0.0\ndevelop');
    const [signed] = signatures();
    const { verifyKey } = readSigningKey(key, 'signing-key');
    expect(verifyKey.verifies(signed?.payload ?? Buffer.alloc(0), signed?.signature ?? Buffer.alloc(0))).toBe(
      true,
    );
    expect(JSON.parse(String(signed?.payload))).toMatchObject({
      critical: { image: { 'docker-manifest-digest': built.digest } },
    });
    expect(entry?.parts.timings?.map(({ step }) => step)).toContain('sign');
    expect(deps.core.summary()).toContain(String(outputs['signature']));
  });

  it('has a signature manifest whose configuration and layer the registry holds', async () => {
    await publish({ 'signing-key': key });

    const manifest = JSON.parse(String(registry.manifests.get(tag)?.bytes));
    expect(registry.manifests.get(tag)?.mediaType).toBe(ociManifest);
    expect(manifest).toMatchObject({ schemaVersion: 2, mediaType: ociManifest });
    for (const { digest, size } of [manifest.config, ...manifest.layers])
      expect(registry.blobs.get(digest)?.length).toBe(size);
    const config = JSON.parse(String(registry.blobs.get(manifest.config.digest)));
    expect(config.rootfs.diff_ids).toEqual(manifest.layers.map(({ digest }: { digest: string }) => digest));
  });

  it('gets one signature of a key, however often it is published', async () => {
    const first = await publish({ 'signing-key': key });
    const second = await publish({ 'signing-key': key });

    expect(signatures()).toHaveLength(1);
    expect(second.outputs['signature']).toBe(first.outputs['signature']);
    expect(putsOf().filter((name) => name === tag)).toHaveLength(1);
  });

  it('keeps the signature of a former key beside that of a new one', async () => {
    await publish({ 'signing-key': key });
    const [before] = signatures();
    const fresh = newKey();
    await publish({ 'signing-key': fresh });

    const all = signatures();
    expect(all).toHaveLength(2);
    expect(all[0]).toEqual(before);
    const { verifyKey } = readSigningKey(fresh, 'signing-key');
    expect(all.map(({ payload, signature }) => verifyKey.verifies(payload, signature))).toEqual([
      false,
      true,
    ]);
  });

  it('has it in every repository that it goes to, before the first tag of any', async () => {
    const other = await startRegistry();
    try {
      const tags = ['1.0.0', `${other.host}/acme/copy:1.0.0`];
      const { outputs } = await publish({ 'signing-key': key }, { tags });

      expect(other.tags()).toEqual(['1.0.0', tag]);
      expect(String(outputs['signature'])).toContain(registry.host);

      other.manifests.clear();
      registry.manifests.clear();
      other.trouble = ({ path }) => (path.endsWith(`/manifests/${tag}`) ? { status: 403 } : null);
      expect(await publish({ 'signing-key': key }, { tags })).toMatchObject({
        failure: { code: 'registry-auth' },
      });
      expect([registry.tags(), other.tags()]).toEqual([[tag], []]);
    } finally {
      await other.close();
    }
  });

  it('is signed once for each of several targets, each output naming its own', async () => {
    const targets = {
      web: { image: `${registry.host}/acme/web` },
      jobs: { image: `${registry.host}/acme/jobs` },
    };
    const { outputs } = await publish({ 'signing-key': key }, { image: '', targets });

    const images = JSON.parse(String(outputs['images']));
    expect(images.web.signature).toContain('/acme/web@sha256:');
    expect(images.jobs.signature).toContain('/acme/jobs@sha256:');
  });
});

describe('a signature that fails', () => {
  it.each([403, 503])('because the registry answers %d leaves no tag', async (status) => {
    registry.trouble = ({ method, path }) =>
      method === 'PUT' && path.endsWith(`/manifests/${tag}`) ? { status } : null;

    const result = await publish({ 'signing-key': key });

    expect(result.failure?.code).toBe(status === 403 ? 'registry-auth' : 'registry-unavailable');
    expect(registry.tags()).toEqual([]);
    expect(result.outputs['image-ref']).toBeUndefined();
    expect(registry.openUploads.size).toBe(0);
  });

  it.each(['no JSON', '{"manifests":[]}'])('because its place is taken by %s leaves no tag', async (text) => {
    registry.manifests.set(tag, { mediaType: ociManifest, bytes: Buffer.from(text) });

    const result = await publish({ 'signing-key': key });

    expect(result.failure).toMatchObject({ code: 'signature-failed', hint: expect.stringContaining(tag) });
    expect(registry.tags()).toEqual([tag]);
  });

  it('to stay, once, because another run signs at the same moment, is put again beside the other', async () => {
    const theirs = Buffer.from('{"layers":[]}');
    let races = 1;
    registry.trouble = ({ method, path }) => {
      const ours = registry.manifests.get(tag);
      if (method === 'GET' && path.endsWith(tag) && ours !== undefined && races > 0) {
        races -= 1;
        registry.manifests.set(tag, { mediaType: ociManifest, bytes: theirs });
      }
      return null;
    };

    const result = await publish({ 'signing-key': key });

    expect(result.failure).toBeUndefined();
    expect(signatures()).toHaveLength(1);
    expect(putsOf().filter((name) => name === tag)).toHaveLength(2);
  });

  it('to stay again and again is given up, without a tag', async () => {
    registry.trouble = ({ method, path }) => {
      if (method === 'GET' && path.endsWith(tag) && registry.manifests.has(tag))
        registry.manifests.set(tag, {
          mediaType: ociManifest,
          bytes: Buffer.from(`{"layers":[],"n":${Math.random()}}`),
        });
      return null;
    };

    expect(await publish({ 'signing-key': key })).toMatchObject({ failure: { code: 'signature-failed' } });
    expect(registry.tags()).toEqual([tag]);
  });
});

describe('the key', () => {
  it('is masked as a whole and line by line', async () => {
    await publish({ 'signing-key': key });

    const body = key.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
    expect(body.length).toBeGreaterThan(1);
    for (const form of [key, ...body]) expect(deps.core.secrets).toContain(form);
  });

  it('reaches no command, no output and no build, also when secrets name it', async () => {
    const result = await publish(
      { 'signing-key': key, build: { NPMRC: 'an npmrc' } },
      { secrets: { npmrc: 'NPMRC' } },
    );

    const [line = ''] = key.split('\n').slice(1);
    for (const seen of [docker.calls(), result, deps.core.lines, deps.core.summary(), registry.seen])
      expect(JSON.stringify(seen)).not.toContain(line);
    await expect(publish({ 'signing-key': key }, { secrets: { x: 'signing-key' } })).rejects.toMatchObject({
      code: 'secrets-missing',
    });
  });

  it('that is none ends the step before anything is started', async () => {
    await expect(publish({ 'signing-key': 'not a key at all' })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/^build-secrets: signing-key: one private key/),
    });
    expect(docker.calls()).toEqual([]);
    expect(registry.seen).toEqual([]);
  });

  it('signs nothing that is not published, and without one nothing is signed', async () => {
    await publish({ 'signing-key': key }, { publish: false });
    expect(registry.seen).toEqual([]);

    const { outputs } = await publish({});
    expect(outputs['signature']).toBe('');
    expect(registry.tags()).toEqual(['1.0.0', 'develop']);
  });
});
