// Whole images, wherever they lie: one report about the same bytes.
import { writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { testFolder } from '@headgate/kit/testing/folder';
import { describe, expect, it } from '@jest/globals';
import { openArchive } from '../src/archive.js';
import type { ImageSource } from '../src/image-source.js';
import { bareContext, type InspectReport, inspectReport, type ReportContext } from '../src/inspect-report.js';
import { type InspectOptions, inspectImage } from '../src/inspection.js';
import { openLayout } from '../src/layout.js';
import { type MadeLayout, makeLayout, ociLayer } from '../src/testing/layouts.js';
import { directory, file, symlink, type TarPart, tar } from '../src/testing/tar.js';
import { layoutParts } from './archives.js';

const amd64 = { os: 'linux', architecture: 'amd64' };
const arm64 = { os: 'linux', architecture: 'arm64', variant: 'v8' };
const unknown = { os: 'unknown', architecture: 'unknown' };
const options: InspectOptions = { platform: null, visit: null, signal: new AbortController().signal };

const below = [directory('etc/'), file('etc/motd', 'hello'), file('bin/app', 'a'.repeat(1000))];
const above = [file('bin/app', 'b'.repeat(900)), file('etc/.wh.motd', ''), file('copy', 'b'.repeat(900))];
const history = [
  { created_by: 'COPY rootfs / # buildkit' },
  { created_by: 'ENV A=1', empty_layer: true },
  { created_by: 'COPY app /bin/app # buildkit' },
];

async function report(source: ImageSource, context: ReportContext = bareContext): Promise<InspectReport> {
  try {
    return inspectReport(await inspectImage(source, options), context);
  } finally {
    await source.close();
  }
}

async function archived(parts: readonly TarPart[]): Promise<ImageSource> {
  const path = join(testFolder('headgate-image-'), 'image.tar');
  writeFileSync(path, tar(...parts));
  return openArchive(await open(path));
}

function shop(made: MadeLayout, packing: 'none' | 'gzip' | 'zstd'): void {
  const layers = [made.tarLayer(below, packing), made.tarLayer(above, packing)];
  made.finish(made.image(layers, amd64, { history }));
}

describe('inspectImage', () => {
  it.each(['none', 'gzip', 'zstd'] as const)(
    'accounts for every byte of an image packed with %s',
    async (packing) => {
      const made = makeLayout();
      const layers = [made.tarLayer(below, packing), made.tarLayer(above, packing)];
      const root = made.image(layers, amd64, { history });

      const found = await report(await openLayout(made.finish(root)));

      const [first, second] = [tar(...below).length, tar(...above).length];
      expect(found).toEqual({
        digest: root.digest,
        platforms: [
          {
            platform: 'linux/amd64',
            compressed: layers.reduce((sum, layer) => sum + layer.size, 0),
            uncompressed: first + second,
            own: null,
            base: null,
            layers: [
              {
                digest: layers[0]?.digest,
                createdBy: 'COPY rootfs / # buildkit',
                line: null,
                compressed: layers[0]?.size,
                uncompressed: first,
                wasted: 1005,
                topFiles: [
                  { path: 'bin/app', bytes: 1000, hidden: true },
                  { path: 'etc/motd', bytes: 5, hidden: true },
                ],
              },
              {
                digest: layers[1]?.digest,
                createdBy: 'COPY app /bin/app # buildkit',
                line: null,
                compressed: layers[1]?.size,
                uncompressed: second,
                wasted: 900,
                topFiles: [
                  { path: 'bin/app', bytes: 900, hidden: false },
                  { path: 'copy', bytes: 900, hidden: false },
                ],
              },
            ],
            efficiency: 1800 / 2805,
            wasted: { overwritten: 1000, deleted: 5, duplicate: 900, metadata: 0 },
          },
        ],
        attestations: [],
        findings: [],
      });
    },
  );

  it('L10 walks two platforms and names two attestations apart, whose bytes count for nothing', async () => {
    const made = makeLayout();
    const statement = (type: string) => ({
      ...made.put('application/vnd.in-toto+json', { predicateType: type }),
      annotations: { 'in-toto.io/predicate-type': type },
    });
    const attest = (subject: { readonly digest: string }, ...types: string[]) => ({
      ...made.image(types.map(statement)),
      platform: unknown,
      annotations: {
        'vnd.docker.reference.type': 'attestation-manifest',
        'vnd.docker.reference.digest': subject.digest,
      },
    });
    const shared = made.tarLayer(below);
    const images = [made.image([shared], amd64), made.image([shared, made.tarLayer(above)], arm64)] as const;
    const attestations = [
      attest(images[0], 'https://slsa.dev/provenance/v1', 'https://spdx.dev/Document'),
      attest(images[1]),
    ];

    const found = await report(
      await openLayout(made.finish(made.index([made.index(images), ...attestations]))),
    );

    expect(found.platforms.map(({ platform, compressed }) => [platform, compressed])).toEqual([
      ['linux/amd64', shared.size],
      ['linux/arm64/v8', shared.size + tar(...above).length],
    ]);
    expect(found.attestations).toEqual([
      {
        digest: attestations[0]?.digest,
        subject: images[0].digest,
        predicateTypes: ['https://slsa.dev/provenance/v1', 'https://spdx.dev/Document'],
      },
      { digest: attestations[1]?.digest, subject: images[1].digest, predicateTypes: [] },
    ]);
  });

  it('L11 says the same about a layout, the layout in an archive, and what docker save wrote of it', async () => {
    const made = makeLayout();
    shop(made, 'none');
    const folder = await report(await openLayout(made.directory));
    const config = Buffer.from(
      JSON.stringify({
        ...amd64,
        rootfs: { type: 'layers', diff_ids: folder.platforms[0]?.layers.map(({ digest }) => digest) },
        history,
      }),
    );
    const manifest = { Config: 'c.json', RepoTags: ['shop:1'], Layers: ['1/layer.tar', '2/layer.tar'] };

    const layoutFile = await report(await archived(layoutParts(made.directory)));
    const saved = await report(
      await archived([
        file('real.tar', tar(...below)),
        // As docker 20.10 saves a layer that another image of the archive has too.
        symlink('1/layer.tar', '../real.tar'),
        file('2/layer.tar', tar(...above)),
        file('c.json', config),
        file('manifest.json', JSON.stringify([manifest])),
      ]),
    );

    expect(layoutFile).toEqual(folder);
    expect({ ...saved, digest: folder.digest }).toEqual(folder);
    expect(saved.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('L11 takes packed layers of a docker-archive too', async () => {
    const made = makeLayout();
    shop(made, 'gzip');
    const { platforms } = await report(await openLayout(made.directory));
    const parts = layoutParts(made.directory);
    const read = (digest = ''): string => `blobs/sha256/${digest.slice(7)}`;
    const diffIds = [below, above].map((layer) => makeLayout().tarLayer(layer).digest);
    const config = JSON.stringify({ ...amd64, rootfs: { diff_ids: diffIds }, history });
    const Layers = platforms[0]?.layers.map(({ digest }) => read(digest));

    const saved = await report(
      await archived([
        ...parts.filter(({ name }) => name.startsWith('blobs/')),
        file('c.json', config),
        file('manifest.json', JSON.stringify([{ Config: 'c.json', Layers }])),
      ]),
    );

    expect(saved.platforms).toEqual(platforms);
  });

  it('parts the layers of a base image from those on top of it', async () => {
    const made = makeLayout();
    const layers = [made.tarLayer(below), made.tarLayer(above)];
    made.finish(made.image(layers, amd64));
    const inspect = async (base: readonly string[] | null) => {
      const found = await report(await openLayout(made.directory), { ...bareContext, baseOf: () => base });
      return [
        found.platforms[0]?.base?.layers,
        found.platforms[0]?.own?.layers,
        found.platforms[0]?.own?.wasted,
      ];
    };
    const [first = '', second = ''] = layers.map(({ digest }) => digest);

    expect(await inspect([first])).toEqual([1, 1, 900]);
    expect(await inspect([first, second])).toEqual([2, 0, 0]);
    expect(await inspect([first, second, 'sha256:more'])).toEqual([2, 0, 0]);
    expect(await inspect([second])).toEqual([0, 2, 1905]);
    expect(await inspect(null)).toEqual([undefined, undefined, undefined]);
  });

  it('asks for the Dockerfile line of each layer, and takes over findings', async () => {
    const made = makeLayout();
    shop(made, 'none');
    const finding = {
      platform: 'linux/amd64',
      class: 'secrets',
      level: 'error',
      path: '.env',
      what: 'a file of environment values',
      layer: 'sha256:x',
      bytes: 1,
      hidden: true,
      line: 3,
      base: false,
    } as const;
    const context: ReportContext = {
      baseOf: () => null,
      lineOf: (platform, createdBy, index) => (platform === 'linux/amd64' ? createdBy.length + index : null),
      findings: [finding],
    };

    const found = await report(await openLayout(made.directory), context);

    expect(found.platforms[0]?.layers.map(({ line }) => line)).toEqual([24, 29]);
    expect(found.findings).toEqual([finding]);
  });

  it('shows every document, layer and attestation once, as it was before it was packed', async () => {
    const made = makeLayout();
    const layer = made.tarLayer(below, 'gzip');
    const said = made.put('application/vnd.in-toto+json', { builder: 'here' });
    const attestation = { ...made.image([said]), platform: unknown };
    made.finish(made.index([made.image([layer], amd64), made.image([layer], arm64), attestation]));
    const seen = new Map<string, Buffer[]>();
    const source = await openLayout(made.directory);

    await inspectImage(source, {
      ...options,
      visit: ({ kind, descriptor }) => {
        const chunks: Buffer[] = [];
        seen.set(`${kind} ${descriptor.mediaType.split('.').at(-2)} ${seen.size}`, chunks);
        return (chunk) => chunks.push(Buffer.from(chunk));
      },
    });

    const texts = [...seen.values()].map((chunks) => Buffer.concat(chunks));
    const kinds = [...seen.keys()].map((key) => key.split(' ')[0]);
    expect(kinds.filter((kind) => kind === 'layer' || kind === 'attestation')).toEqual([
      'layer',
      'attestation',
    ]);
    // The index, three manifests, and the two configurations that are of images.
    expect(kinds.filter((kind) => kind === 'document')).toHaveLength(6);
    expect(texts.filter((text) => text.equals(tar(...below)))).toHaveLength(1);
    expect(texts.filter((text) => text.includes('"builder":"here"'))).toHaveLength(1);
  });

  it.each<[string, object | undefined, readonly string[]]>([
    ['no history', undefined, ['', '']],
    ['a history of another image', { history: [{ created_by: 'RUN x' }] }, ['', '']],
    ['a history without words', { history: [{}, { created_by: 7 }] }, ['', '']],
    [
      'a history with lines that made nothing',
      { history },
      ['COPY rootfs / # buildkit', 'COPY app /bin/app # buildkit'],
    ],
  ])('names the instruction of each layer: %s', async (_name, changes, instructions) => {
    const made = makeLayout();
    made.finish(made.image([made.tarLayer(below), made.tarLayer(above)], amd64, changes));

    const found = await report(await openLayout(made.directory));

    expect(found.platforms[0]?.layers.map(({ createdBy }) => createdBy)).toEqual(instructions);
  });

  it('reads one platform when one is wanted, and says which there are when there is no such', async () => {
    const made = makeLayout();
    const broken = made.put(ociLayer, Buffer.from('broken'));
    made.finish(made.index([made.image([made.tarLayer(below)], amd64), made.image([broken], arm64)]));
    const inspect = async (platform: string) =>
      inspectImage(await openLayout(made.directory), { ...options, platform });

    expect((await inspect('linux/amd64')).platforms).toHaveLength(1);
    await expect(inspect('linux/386')).rejects.toMatchObject({
      code: 'platform-missing',
      message: expect.stringContaining('linux/amd64, linux/arm64/v8'),
    });
  });

  it('takes an image without layers, and stops when it is cancelled', async () => {
    const made = makeLayout();
    made.finish(made.image([], amd64));
    const reason = new Error('cancelled');

    expect((await report(await openLayout(made.directory))).platforms[0]).toMatchObject({
      compressed: 0,
      efficiency: 1,
    });
    shop(made, 'gzip');
    const source = await openLayout(made.directory);
    await expect(inspectImage(source, { ...options, signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });
});
