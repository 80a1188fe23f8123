// Where two images part ways: platform, layer, instruction, file and what of it; hand-made layouts, byte by byte.
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { blobPath, type ImageLayout, readLayout } from '@headgate/image/layout';
import { makeLayout, ociManifest } from '@headgate/image/testing/layouts';
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import { describe, expect, it } from '@jest/globals';
import { firstDifference } from '../src/difference.js';

interface FileEntry {
  readonly path: string;
  readonly content?: string;
  readonly mode?: number;
  readonly owner?: number;
  readonly time?: number;
  readonly type?: string;
  readonly link?: string;
}

function tar(entries: readonly FileEntry[]): Buffer {
  const blocks = entries.map(
    ({ path, content = '', mode = 0o644, owner = 0, time = 0, type = '0', link = '' }) => {
      const header = Buffer.alloc(512);
      header.write(path, 0);
      header.write(mode.toString(8).padStart(7, '0'), 100);
      header.write(owner.toString(8).padStart(7, '0'), 108);
      header.write(content.length.toString(8).padStart(11, '0'), 124);
      header.write(time.toString(8).padStart(11, '0'), 136);
      header.write(type, 156);
      header.write(link, 157);
      const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
      return Buffer.concat([header, Buffer.from(content), padding]);
    },
  );
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

interface MadeImage {
  readonly layers: readonly (readonly FileEntry[])[];
  readonly config?: object;
  readonly level?: number;
  readonly platform?: object;
}

async function layoutOf(images: readonly MadeImage[]): Promise<ImageLayout> {
  const made = makeLayout();
  const manifests = images.map(({ layers, config = {}, level = 6, platform }) => {
    const history = [
      { created_by: 'ENV A=1', empty_layer: true },
      { created_by: 'COPY app /app' },
      { created_by: 'RUN make' },
    ];
    const descriptors: readonly Descriptor[] = layers.map((entries) =>
      made.put('application/vnd.oci.image.layer.v1.tar+gzip', gzipSync(tar(entries), { level })),
    );
    const body = { os: 'linux', architecture: 'amd64', history, ...config };
    const configuration = made.put('application/vnd.oci.image.config.v1+json', body);
    const document = { schemaVersion: 2, mediaType: ociManifest, config: configuration, layers: descriptors };
    return {
      ...made.put(ociManifest, document),
      platform: platform ?? { os: 'linux', architecture: 'amd64' },
    };
  });
  return await readLayout(made.finish(manifests.length === 1 ? (manifests[0] ?? {}) : made.index(manifests)));
}

const { signal } = new AbortController();
const app = { path: 'app', content: 'the same' };
const first: MadeImage = { layers: [[app], [{ path: 'bin/tool', content: 'a' }]] };

async function difference(left: readonly MadeImage[], right: readonly MadeImage[]): Promise<string | null> {
  return await firstDifference(await layoutOf(left), await layoutOf(right), signal);
}

describe('firstDifference', () => {
  it.each<[string, readonly FileEntry[], RegExp]>([
    ['content', [{ path: 'bin/tool', content: 'b' }], /bin\/tool differs in its content/],
    ['size', [{ path: 'bin/tool', content: 'ab' }], /bin\/tool differs in its size/],
    ['mode', [{ path: 'bin/tool', content: 'a', mode: 0o755 }], /bin\/tool differs in its mode/],
    ['owner', [{ path: 'bin/tool', content: 'a', owner: 1000 }], /bin\/tool differs in its owner/],
    ['time', [{ path: 'bin/tool', content: 'a', time: 1 }], /bin\/tool differs in its time/],
    ['type', [{ path: 'bin/tool', content: 'a', type: '2' }], /bin\/tool differs in its type/],
    [
      'another name',
      [{ path: 'bin/other', content: 'a' }],
      /bin\/tool stands where the second has bin\/other/,
    ],
    ['one file more', [{ path: 'bin/tool', content: 'a' }, { path: 'log' }], /only the second has log/],
    ['one file fewer', [], /only the first has bin\/tool/],
  ])('names layer, instruction and file: %s', async (_what, layer, expected) => {
    const found = await difference([first], [{ layers: [[app], layer] }]);

    expect(found).toMatch(expected);
    expect(found).toContain('in linux/amd64, layer 2 of 2 (RUN make)');
  });

  it('says when only the packing differs', async () => {
    const content = 'x'.repeat(5_000);
    const layers = [[{ path: 'a', content }]];

    expect(await difference([{ layers }], [{ layers, level: 1 }])).toContain(
      'the files are the same, their packing is not',
    );
  });

  it.each<[string, readonly MadeImage[], RegExp]>([
    [
      'a layer more',
      [{ layers: [...first.layers, []] }],
      /layer 3 of 3 \(instruction unknown\) is in one of them only/,
    ],
    [
      'the configuration',
      [{ ...first, config: { created: 'now' } }],
      /`created` of the configuration differs/,
    ],
    [
      'a platform',
      [{ ...first, platform: { os: 'linux', architecture: 'arm64' } }],
      /only the second has linux\/arm64/,
    ],
  ])('names %s', async (_what, right, expected) => {
    expect(await difference([first], right)).toMatch(expected);
  });

  it('is nothing between two images of the same bytes, whatever attestations say', async () => {
    const attestation = { ...first, platform: { os: 'unknown', architecture: 'unknown' }, config: { at: 1 } };

    expect(await difference([first, attestation], [first])).toBeNull();
  });

  it('does not fail for a layer that cannot be unpacked, nor for one that ends too early', async () => {
    const [left, right] = [await layoutOf([first]), await layoutOf([{ layers: [[app], [{ path: 'b' }]] }])];
    const digest = right.manifests[0]?.layers[1]?.digest ?? 'sha256:';
    const file = blobPath(right.directory, digest);

    writeFileSync(file, 'no archive at all');
    expect(await firstDifference(left, right, signal)).toContain('cannot be unpacked');
    writeFileSync(file, gzipSync(tar([{ path: 'b', content: 'text' }]).subarray(0, 600)));
    expect(await firstDifference(left, right, signal)).toContain('bin/tool stands where the second has b');
  });
});
