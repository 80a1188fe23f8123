// Walking and measuring image layouts: what counts, what does not, and what is refused.
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { blobPath, readLayout } from '../src/layout.js';

import { measure } from '../src/sizes.js';
import { makeLayout, ociManifest } from '../src/testing/layouts.js';

const amd64 = { os: 'linux', architecture: 'amd64' };
const arm = { os: 'linux', architecture: 'arm', variant: 'v7' };
const { signal } = new AbortController();

describe('readLayout', () => {
  it('finds the one image, its digest and its platform', async () => {
    const made = makeLayout();
    const root = made.image([made.layer('gzip', 10)]);

    const layout = await readLayout(made.finish({ ...root, platform: amd64 }));

    expect(layout.root.digest).toBe(root.digest);
    expect(layout.indexes).toEqual([]);
    expect(layout.manifests.map((manifest) => manifest.platform)).toEqual(['linux/amd64']);
  });

  it('takes the platform from the configuration when the index does not say it', async () => {
    const made = makeLayout();

    const layout = await readLayout(made.finish(made.image([made.layer('none', 1)])));

    expect(layout.manifests[0]?.platform).toBe('linux/amd64');
  });

  it('walks an index with two platforms and their attestations', async () => {
    const made = makeLayout();
    const unknown = { os: 'unknown', architecture: 'unknown' };
    const annotations = { 'vnd.docker.reference.type': 'attestation-manifest' };
    const index = made.index([
      made.image([made.layer('gzip', 10)], amd64),
      made.image([made.layer('gzip', 20)], arm),
      { ...made.image([made.layer('none', 999)]), platform: unknown, annotations },
      { ...made.image([made.layer('none', 998)]), annotations },
    ]);

    const layout = await readLayout(made.finish(index));

    expect(layout.root.digest).toBe(index.digest);
    expect(layout.indexes.map((one) => one.digest)).toEqual([index.digest]);
    expect(layout.manifests.map((one) => one.platform)).toEqual(['linux/amd64', 'linux/arm/v7', null, null]);
  });

  it('puts an inner index before the outer one, as a push needs it', async () => {
    const made = makeLayout();
    const inner = made.index([made.image([made.layer('none', 1)], amd64)]);
    const outer = made.index([inner]);

    const layout = await readLayout(made.finish(outer));

    expect(layout.indexes.map((one) => one.digest)).toEqual([inner.digest, outer.digest]);
  });

  it.each<[string, (made: ReturnType<typeof makeLayout>) => void, RegExp, string?]>([
    ['no index.json', () => undefined, /index\.json is missing/],
    ['no image', (made) => made.finish(), /names 0 images/],
    [
      'two images',
      (made) => made.finish(made.image([]), made.image([made.layer('none', 1)])),
      /names 2 images/,
    ],
    [
      'only an attestation',
      (made) => made.finish({ ...made.image([]), platform: { os: 'unknown', architecture: 'unknown' } }),
      /no image/,
    ],
    [
      'a digest that leads elsewhere',
      (made) => made.finish({ mediaType: ociManifest, digest: 'sha256:../../index.json', size: 1 }),
      /not a sha256 digest/,
    ],
    [
      'a missing blob',
      (made) => made.finish({ mediaType: ociManifest, digest: `sha256:${'0'.repeat(64)}`, size: 1 }),
      /is missing/,
      'blob-missing',
    ],
    [
      'changed bytes',
      (made) => {
        const root = made.image([]);
        writeFileSync(blobPath(made.directory, root.digest), '{}');
        made.finish(root);
      },
      /holds 2 bytes/,
      'blob-mismatch',
    ],
    [
      'an unknown media type',
      (made) => made.finish(made.put('text/plain', {})),
      /unknown type/,
      'media-type-unknown',
    ],
    ['text that is no JSON', (made) => made.finish(made.put(ociManifest, Buffer.from('no'))), /not JSON/],
  ])('refuses %s', async (_what, spoil, message, code = 'layout-invalid') => {
    const made = makeLayout();
    spoil(made);

    await expect(readLayout(made.directory)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    rmSync(made.directory, { recursive: true });
  });
});

describe('measure', () => {
  it('adds descriptors and unpacked bytes per platform, whatever the packing', async () => {
    const made = makeLayout();
    const layers = [made.layer('none', 1000), made.layer('gzip', 200_000), made.layer('zstd', 300_000)];
    const index = made.index([made.image(layers, amd64), made.image(layers.slice(1, 2), arm)]);

    const sizes = await measure(await readLayout(made.finish(index)), signal);

    const [plain = 0, gzip = 0, zstd = 0] = layers.map((layer) => layer.size);
    expect(sizes.platforms).toEqual([
      { platform: 'linux/amd64', compressed: plain + gzip + zstd, uncompressed: 501_000 },
      { platform: 'linux/arm/v7', compressed: gzip, uncompressed: 200_000 },
    ]);
    expect(sizes).toMatchObject({ compressed: plain + 2 * gzip + zstd, uncompressed: 701_000 });
  });

  it('counts all members of a gzip file', async () => {
    const made = makeLayout();
    const bytes = Buffer.concat([gzipSync(Buffer.alloc(70)), gzipSync(Buffer.alloc(30))]);
    const layer = made.put('application/vnd.docker.image.rootfs.diff.tar.gzip', bytes);

    const sizes = await measure(await readLayout(made.finish(made.image([layer]))), signal);

    expect(sizes.uncompressed).toBe(100);
  });

  it('does not count attestations', async () => {
    const made = makeLayout();
    const attestation = {
      ...made.image([made.layer('none', 500)]),
      platform: { os: 'unknown', architecture: 'unknown' },
    };
    const index = made.index([made.image([made.layer('none', 7)], amd64), attestation]);

    expect(await measure(await readLayout(made.finish(index)), signal)).toMatchObject({
      compressed: 7,
      uncompressed: 7,
    });
  });

  it.each<[string, (path: string) => void, string]>([
    ['truncated', (path) => truncateSync(path, 20), 'blob-mismatch'],
    ['changed', (path) => writeFileSync(path, gzipSync(Buffer.alloc(5000, 'y'))), 'blob-mismatch'],
    ['removed', (path) => rmSync(path), 'blob-missing'],
  ])('refuses a layer that was %s', async (_what, spoil, code) => {
    const made = makeLayout();
    const layer = made.layer('gzip', 5000);
    const layout = await readLayout(made.finish(made.image([layer])));
    spoil(join(blobPath(made.directory, layer.digest)));

    await expect(measure(layout, signal)).rejects.toMatchObject({ code });
  });

  it('stops when the job is cancelled', async () => {
    const made = makeLayout();
    const layout = await readLayout(made.finish(made.image([made.layer('gzip', 5000)])));
    const reason = new Error('cancelled');

    await expect(measure(layout, AbortSignal.abort(reason))).rejects.toThrow('cancelled');
  });
});
