// `headgate inspect` on images in folders and files: the table, the JSON, and what it refuses.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeLayout } from '@headgate/image/testing/layouts';
import { file } from '@headgate/image/testing/tar';
import { testFolder } from '@headgate/kit/testing/folder';
import { describe, expect, it } from '@jest/globals';
import { run } from '../src/run.js';
import { testHost } from './host.js';

const amd64 = { os: 'linux', architecture: 'amd64' };
const arm64 = { os: 'linux', architecture: 'arm64' };

function makeImage(): string {
  const made = makeLayout();
  const below = made.tarLayer(
    [file('usr/bin/app', 'a'.repeat(30_000)), file('etc/old', 'x'.repeat(10_000))],
    'gzip',
  );
  const above = made.tarLayer(
    [file('etc/.wh.old', ''), file('evil\u001b[2Jname', 'y'.repeat(20_000))],
    'gzip',
  );
  const history = [
    { created_by: 'COPY app /usr/bin/app # buildkit' },
    { created_by: '/bin/sh -c #(nop)  RUN rm /etc/old' },
  ];
  const attestation = {
    ...made.image([
      {
        ...made.put('application/vnd.in-toto+json', {}),
        annotations: { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v1' },
      } as never,
    ]),
    platform: { os: 'unknown', architecture: 'unknown' },
  };
  return made.finish(
    made.index([made.image([below, above], amd64, { history }), made.image([below], arm64), attestation]),
  );
}

async function inspect(
  ...args: string[]
): Promise<{ code: number; out: string; errors: string; directory: string }> {
  const directory = testFolder('headgate-cli-inspect-');
  const host = testHost({ directory, env: { HOME: directory } });
  const code = await run(['inspect', ...args], host);
  return { code, out: host.output(), errors: host.errors(), directory };
}

describe('inspect', () => {
  it('prints layers with both sizes and their instruction, what is wasted, large files and attestations', async () => {
    const { code, out } = await inspect(makeImage());

    expect(code).toBe(0);
    expect(out).toMatch(/linux\/amd64: .* compressed, .* uncompressed, 2 layers/);
    expect(out).toMatch(/1 {2}[0-9a-f]{12} +COPY app \/usr\/bin\/app +\d+ B +\d\d\.\d kB +10\.0 kB\n/);
    expect(out).toMatch(/2 {2}[0-9a-f]{12} +RUN rm \/etc\/old +/);
    expect(out).toContain('Efficiency 0.83. Wasted: 10.0 kB deleted later.');
    expect(out).toMatch(/\/etc\/old +10\.0 kB +1 {2}hidden/);
    expect(out).toMatch(/linux\/arm64: .* one layer/);
    expect(out).toMatch(/Attestation [0-9a-f]{12}: https:\/\/slsa\.dev\/provenance\/v1/);
  });

  describe('told of the Dockerfile or the base image', () => {
    const dockerfile = [
      'FROM scratch AS tools',
      'FROM base AS runtime',
      'COPY app /usr/bin/app',
      'RUN rm /etc/old',
    ].join('\n');

    function built(): { readonly image: string; readonly base: string; readonly file: string } {
      const made = makeLayout();
      const bottom = made.tarLayer([file('old/.git/config', 'm'.repeat(5_000))], 'gzip');
      const app = made.tarLayer(
        [file('usr/bin/app', 'a'.repeat(3_000)), file('app/.git/config', 'x'), file('etc/old', 'o')],
        'gzip',
      );
      const removal = made.tarLayer([file('etc/.wh.old', '')], 'gzip');
      const history = [
        { created_by: '/bin/sh -c apt-get install make' },
        { created_by: 'COPY app /usr/bin/app # buildkit' },
        { created_by: 'RUN /bin/sh -c rm /etc/old # buildkit' },
      ];
      const below = makeLayout();
      const folder = testFolder('headgate-cli-dockerfile-');
      writeFileSync(join(folder, 'Dockerfile'), dockerfile);
      return {
        image: made.finish(made.image([bottom, app, removal], amd64, { history })),
        base: below.finish(
          below.image([below.tarLayer([file('old/.git/config', 'm'.repeat(5_000))], 'gzip')], amd64),
        ),
        file: folder,
      };
    }

    it('tells the line of layers and findings, and what is its own', async () => {
      const { image, file: folder } = built();
      const { out, directory } = await inspect(image, '--file', folder, '--json', 'report.json');

      const report = JSON.parse(readFileSync(join(directory, 'report.json'), 'utf8'));
      const [platform] = report.platforms;
      expect(platform.layers.map(({ line }: { line: number | null }) => line)).toEqual([null, 3, 4]);
      expect([platform.base.layers, platform.own.layers]).toEqual([1, 2]);
      expect(platform.base.compressed + platform.own.compressed).toBe(platform.compressed);
      expect(report.findings).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ class: 'vcs', path: 'app/.git', line: 3, base: false }),
          expect.objectContaining({ class: 'vcs', path: 'old/.git', level: 'warn', line: null, base: true }),
        ]),
      );
      expect(out).toMatch(/of the base image: one layer, .*\n {2}its own: 2 layers, /);
      expect(out).toMatch(/vcs +app\/\.git .* 3 /);
    });

    it('knows the base by the image that is named, and the same without a Dockerfile', async () => {
      const { image, base } = built();
      const { directory } = await inspect(image, '--base', base, '--json', 'report.json');

      const report = JSON.parse(readFileSync(join(directory, 'report.json'), 'utf8'));
      expect(report.platforms[0]).toMatchObject({ base: { layers: 1 }, own: { layers: 2 } });
      expect(report.findings).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ path: 'old/.git', base: true }),
          expect.objectContaining({ path: 'app/.git', base: false }),
        ]),
      );
    });

    it('ends with 1 for an error only when it is to check', async () => {
      const { image, file: folder } = built();

      expect((await inspect(image, '--file', folder)).code).toBe(0);
      expect((await inspect(image, '--file', folder, '--check')).code).toBe(1);
    });

    it.each([
      [['--file', '../nowhere'], 'cannot be read'],
      [['--target', 'runtime'], 'names a stage of no file'],
    ])('%j cannot be used as given', async (args, said) => {
      const { code, errors } = await inspect(built().image, ...args);

      expect(code).toBe(2);
      expect(errors).toContain(said);
    });
  });

  it('shows control characters of names as nothing but a mark', async () => {
    expect((await inspect(makeImage())).out).not.toContain('\u001b');
  });

  it('writes the same as JSON, and one platform alone when it is told', async () => {
    const { directory, out } = await inspect(
      makeImage(),
      '--platform',
      'linux/arm64',
      '--json',
      'report.json',
    );

    const report: unknown = JSON.parse(readFileSync(join(directory, 'report.json'), 'utf8'));
    expect(report).toMatchObject({
      digest: expect.stringMatching(/^sha256:/),
      platforms: [
        { platform: 'linux/arm64', own: null, base: null, layers: [{ line: null, createdBy: '' }] },
      ],
      attestations: [{ predicateTypes: ['https://slsa.dev/provenance/v1'] }],
      findings: [expect.objectContaining({ class: 'root-user', path: 'user', layer: null })],
    });
    expect(out).not.toContain('linux/amd64');
  });

  it.each([
    [['./nothing'], 'Name a folder with an OCI image layout, a .tar file'],
    [[], 'one image was expected, 0 are named'],
    [['a', 'b'], 'one image was expected, 2 are named'],
    [['a', '--platfrom', 'x'], 'Did you mean --platform?'],
  ])('%j cannot be used as given', async (args, said) => {
    const { code, errors } = await inspect(...args);

    expect(code).toBe(2);
    expect(errors).toContain(said);
  });

  it('ends with 2 and the reason for an image that is damaged', async () => {
    const layout = makeImage();
    writeFileSync(join(layout, 'index.json'), '{"manifests":[]}');

    const { code, errors } = await inspect(layout);

    expect(code).toBe(2);
    expect(errors).toContain('index.json names 0 images, expected 1.');
  });
});
