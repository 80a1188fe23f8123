// Images of a registry: what a name means, who logs in, and what is done when it does not answer as it should.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHttp } from '@headgate/kit/http';
import { createFakeClock } from '@headgate/kit/testing/clock';
import { testFolder } from '@headgate/kit/testing/folder';
import { type RegistryDouble, startRegistry } from '@headgate/kit/testing/registry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseImageReference } from '../src/image-reference.js';
import { type InspectedPlatform, inspectImage } from '../src/inspection.js';
import { blobPath } from '../src/layout.js';
import { openImage } from '../src/open-image.js';
import type { RegistryDeps } from '../src/registry-image.js';
import { type MadeLayout, makeLayout } from '../src/testing/layouts.js';
import { file } from '../src/testing/tar.js';
import { layoutParts } from './archives.js';

let remote: RegistryDouble;
let made: MadeLayout;
let temporary = '';
let lines: string[] = [];
beforeEach(async () => {
  remote = await startRegistry();
  made = makeLayout();
  temporary = testFolder('headgate-registry-image-');
  lines = [];
});
afterEach(() => remote.close());

const amd64 = { os: 'linux', architecture: 'amd64' };
const { signal } = new AbortController();

function deps(env: RegistryDeps['env'] = {}): Parameters<typeof openImage>[1] {
  return {
    directory: temporary,
    temporary,
    env: { HOME: temporary, ...env },
    signal,
    http: createHttp(),
    clock: createFakeClock(),
    random: () => 0,
    core: { info: (line) => lines.push(line) },
    run: async () => ({ code: 1, stdout: '', stderr: 'Error: No such image: shop\n' }),
  };
}

/** Puts an image of two layers into the registry as `shop:1`. */
function publish(): { readonly digest: string; readonly layer: string } {
  const layer = made.tarLayer([file('a', 'x'.repeat(5000))], 'gzip');
  const image = made.image([layer, made.tarLayer([file('b', 'y')])], amd64);
  const index = made.index([image]);
  for (const { name, body = '' } of layoutParts(made.directory)) {
    remote.blobs.set(`sha256:${name.split('/').at(-1)}`, Buffer.from(body));
  }
  for (const { digest, mediaType } of [image, index]) {
    const bytes = readFileSync(blobPath(made.directory, digest));
    remote.manifests.set(digest, { mediaType, bytes });
    if (digest === index.digest) remote.manifests.set('1', { mediaType, bytes });
  }
  return { digest: index.digest, layer: layer.digest };
}

async function inspect(name: string, env: RegistryDeps['env'] = {}) {
  const source = await openImage(name, deps(env));
  try {
    return await inspectImage(source, { platform: null, visit: null, signal });
  } finally {
    await source.close();
  }
}

describe('an image of a registry', () => {
  it('is read by tag and by digest, and leaves no file', async () => {
    const { digest } = publish();

    const byTag = await inspect(`${remote.host}/shop:1`);
    const byDigest = await inspect(`${remote.host}/shop@${digest}`);

    expect(byTag.digest).toBe(digest);
    expect(byTag.platforms[0]?.layers.flatMap(({ entries }) => [...entries].map(({ path }) => path))).toEqual(
      ['a', 'b'],
    );
    const known = ({ accounting, config, manifest }: InspectedPlatform) => [accounting, config, manifest];
    expect(byDigest.platforms.map(known)).toEqual(byTag.platforms.map(known));
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('logs in as docker login has left it', async () => {
    publish();
    const config = join(temporary, 'docker');
    mkdirSync(config);
    const auth = Buffer.from('me:it').toString('base64');
    writeFileSync(join(config, 'config.json'), JSON.stringify({ auths: { [remote.host]: { auth } } }));
    remote.trouble = ({ authorization }) =>
      authorization === `Basic ${auth}`
        ? null
        : { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } };

    expect((await inspect(`${remote.host}/shop:1`, { DOCKER_CONFIG: config })).platforms).toHaveLength(1);
    await expect(inspect(`${remote.host}/shop:1`)).rejects.toMatchObject({
      code: 'registry-auth',
      hint: expect.stringContaining(`docker login ${remote.host}`),
    });
  });

  it('downloads a layer again when it broke off or the registry was busy', async () => {
    const { layer } = publish();
    const troubles = [{ cut: true }, { status: 503 }, { status: 200, body: 'half' }];
    remote.trouble = ({ path }) => (path.endsWith(layer) ? (troubles.shift() ?? null) : null);

    expect((await inspect(`${remote.host}/shop:1`)).platforms[0]?.layers[0]?.entries).toHaveLength(1);
    expect(lines).toHaveLength(3);
  });

  it('follows to where the blobs lie, without the login', async () => {
    const { layer } = publish();
    const storage = await startRegistry();
    storage.blobs.set(layer, remote.blobs.get(layer) ?? Buffer.alloc(0));
    const location = `http://${storage.host}/v2/store/blobs/${layer}`;
    remote.trouble = ({ path }) => (path.endsWith(layer) ? { status: 307, headers: { location } } : null);

    expect((await inspect(`${remote.host}/shop:1`)).platforms).toHaveLength(1);
    expect(storage.seen.map(({ authorization }) => authorization)).toEqual([null]);
    await storage.close();
  });

  it.each<[string, string, string, (layer: string) => void]>([
    ['there is no such tag', 'image-not-found', 'shop:2', () => undefined],
    ['a layer is missing', 'blob-missing', 'shop:1', (layer) => remote.blobs.delete(layer)],
    [
      'a layer is another',
      'blob-mismatch',
      'shop:1',
      (layer) => remote.blobs.set(layer, Buffer.alloc(remote.blobs.get(layer)?.length ?? 0)),
    ],
    [
      'a layer is longer',
      'blob-mismatch',
      'shop:1',
      (layer) => remote.blobs.set(layer, Buffer.alloc(1_000_000)),
    ],
    [
      'it sends on in the clear',
      'link-unsafe',
      'shop:1',
      () => {
        remote.trouble = ({ path }) =>
          path.includes('/blobs/') ? { status: 302, headers: { location: 'http://example.com/x' } } : null;
      },
    ],
    [
      'it sends on in a circle',
      'link-unsafe',
      'shop:1',
      () => {
        remote.trouble = ({ path }) =>
          path.includes('/blobs/') ? { status: 302, headers: { location: path } } : null;
      },
    ],
  ])('is refused when %s', async (_what, code, name, spoil) => {
    spoil(publish().layer);

    await expect(inspect(`${remote.host}/${name}`)).rejects.toMatchObject({ code });
    expect(readdirSync(temporary)).toEqual([]);
  });
});

describe('openImage', () => {
  it.each([
    ['./missing', 'image-not-found'],
    ['missing.tar', 'image-not-found'],
    ['', 'image-not-found'],
    ['.', 'image-not-found'],
    ['/dev/null', 'image-not-found'],
    ['Shop', 'image-name-invalid'],
    ['shop:', 'image-name-invalid'],
    ['shop@sha256:1', 'image-name-invalid'],
    ['docker-daemon:shop', 'engine-refused'],
    ['docker-daemon:--help', 'image-name-invalid'],
  ])('refuses %j as %s and leaves nothing', async (name, code) => {
    await expect(openImage(name, deps())).rejects.toMatchObject({ code });
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('names the three forms when there is no image', async () => {
    await expect(openImage('./missing', deps())).rejects.toMatchObject({
      hint: expect.stringMatching(/folder.*\.tar.*registry/),
    });
  });
});

describe('parseImageReference', () => {
  it.each([
    ['alpine', 'docker.io/library/alpine', 'latest'],
    ['alpine:3.20', 'docker.io/library/alpine', '3.20'],
    ['acme/shop', 'docker.io/acme/shop', 'latest'],
    ['ghcr.io/acme/shop:1', 'ghcr.io/acme/shop', '1'],
    ['localhost/shop', 'localhost/shop', 'latest'],
    ['127.0.0.1:5000/shop', '127.0.0.1:5000/shop', 'latest'],
    [`ghcr.io/acme/shop:1@sha256:${'0'.repeat(64)}`, 'ghcr.io/acme/shop', `sha256:${'0'.repeat(64)}`],
  ])('%s', (text, name, reference) => {
    expect(parseImageReference(text)).toMatchObject({ image: { name }, reference });
  });

  it('throws nothing but its own error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          parseImageReference(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'image-name-invalid' });
        }
      }),
    );
  });
});
