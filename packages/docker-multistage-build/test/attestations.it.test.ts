// Attestations, promotion, copies and comparison on a real engine and registry, judged by a client that is not ours.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ActionResult } from '@headgate/kit/action';
import { systemClock } from '@headgate/kit/clock';
import { createHttp } from '@headgate/kit/http';
import { createInputReader } from '@headgate/kit/inputs';
import { runCommand, startCommand } from '@headgate/kit/process';
import { createTestCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { run } from '../src/run.js';
import { base, findLacking, judge, judged, type RealRegistry, serveRegistry } from './real-tools.js';

const lacking = findLacking() ?? (judge === 'crane' ? null : 'no crane to judge digests');
const suite = lacking === null ? describe : describe.skip;
if (lacking !== null) process.stdout.write(`attestations.it.test.ts skipped: ${lacking}\n`);

const dockerfile =
  'FROM scratch AS runtime\nARG NPM_TOKEN\nCOPY app.txt /app.txt\nCOPY other.txt /other.txt\n';
const random = `FROM ${base} AS made\nRUN ["node", "-e", "require('node:fs').writeFileSync('/made.txt', require('node:crypto').randomBytes(8))"]\nFROM scratch\nCOPY app.txt /app.txt\nCOPY --from=made /made.txt /srv/made.txt\n`;
const one = ['linux/amd64'];
const two = ['linux/amd64', 'linux/arm64'];

suite('on a real registry', () => {
  let registry: RealRegistry;
  let repository: TestRepository;
  let deps: TestDeps;

  beforeAll(async () => {
    registry = await serveRegistry();
  });

  afterAll(() => registry.stop());

  beforeEach(() => {
    repository = createTestRepository();
    repository.commit('start', {
      Dockerfile: dockerfile,
      'Random.Dockerfile': random,
      'app.txt': 'good',
      'other.txt': 'other',
    });
    const context = createTestContext({ workspace: repository.directory });
    deps = createTestDeps({ run: runCommand, start: startCommand, http: createHttp(), context });
  });

  afterEach(() => {
    repository.remove();
    rmSync(deps.temporary, { recursive: true, force: true });
  });

  function start(settings: Readonly<Record<string, unknown>>): Promise<ActionResult> {
    const core = createTestCore({ settings: JSON.stringify({ leg: 'shop', ...settings }) });
    return run(readInputs(createInputReader(inputSpecs, core)), { ...deps, clock: systemClock });
  }

  const crane = (...args: readonly string[]): string =>
    execFileSync('crane', [...args], { encoding: 'utf8', maxBuffer: 1 << 26, stdio: 'pipe' }).trim();
  const built = (result: ActionResult): string => String(result.entry?.parts.images?.[0]?.digest);

  /** Every blob of every platform is fetched and checked; of attestations crane knows too little for that. */
  function validate(name: string, { outputs }: ActionResult): void {
    const digests = Object.values(JSON.parse(String(outputs['platform-digests'])) as Record<string, string>);
    for (const digest of digests)
      expect(crane('validate', '--remote', `${name}@${digest}`)).toContain('PASS');
  }

  it.each<[string, readonly string[], Readonly<Record<string, unknown>>, number]>([
    ['one platform', one, {}, 0],
    ['one platform with provenance', one, { provenance: 'true' }, 1],
    ['one platform with complete provenance', one, { provenance: 'mode=max' }, 1],
    ['two platforms', two, {}, 0],
    ['two platforms with provenance', two, { provenance: 'mode=min' }, 2],
  ])(
    '%s: the digest before the push is the digest after it',
    async (what, platforms, extra, attestations) => {
      const name = `${registry.host}/${what.replaceAll(' ', '-')}`;

      const result = await start({ image: name, tags: ['1.0.0'], push: true, platforms, ...extra });

      expect(result.failure).toBeUndefined();
      expect(judged(`${name}:1.0.0`)).toBe(built(result));
      expect(result.outputs['digest']).toBe(built(result));
      expect(Object.keys(JSON.parse(String(result.outputs['platform-digests'])) as object)).toEqual(
        platforms,
      );

      validate(name, result);
      const { manifests = [] } = JSON.parse(crane('manifest', `${name}:1.0.0`)) as {
        manifests?: { annotations?: Record<string, string>; digest: string }[];
      };
      const found = manifests.filter(
        (entry) => entry.annotations?.['vnd.docker.reference.type'] !== undefined,
      );
      expect(found).toHaveLength(attestations);
      for (const { digest } of found) {
        const { layers } = JSON.parse(crane('manifest', `${name}@${digest}`)) as {
          layers: { digest: string }[];
        };
        const statement = JSON.parse(crane('blob', `${name}@${layers[0]?.digest}`)) as object;
        expect(JSON.stringify(statement)).toContain('/actions/runs/');
      }
      const imageId = result.outputs['image-id'];
      if (platforms.length === 1 && attestations === 0)
        expect(
          (JSON.parse(crane('manifest', `${name}:1.0.0`)) as { config: { digest: string } }).config.digest,
        ).toBe(imageId);
      expect(JSON.parse(String(result.outputs['metadata']))).toMatchObject({
        'containerimage.digest': built(result),
      });
    },
  );

  it.each([
    ['a bare manifest', one, {}],
    ['an index with attestations', two, { provenance: 'true' }],
  ])(
    'promotes %s to another repository: same digest, same attestations, a signature with it',
    async (what, platforms, extra) => {
      const from = `${registry.host}/dev/${what.replaceAll(' ', '-')}`;
      const to = `${registry.host}/prod/${what.replaceAll(' ', '-')}`;
      const image = await start({ image: from, push: true, platforms, ...extra });
      const digest = String(image.outputs['digest']);
      // Somebody else's tool attaches something by tag, as cosign does.
      crane('tag', `${from}@${digest}`, `${digest.replace(':', '-')}.sig`);

      const result = await start({
        mode: 'promote',
        'image-ref': image.outputs['image-ref'],
        image: to,
        tags: ['1.0.0'],
        'moving-tags': ['production'],
      });

      expect(result.outputs['image-ref']).toBe(`${to}@${digest}`);
      for (const tag of ['1.0.0', 'production']) expect(judged(`${to}:${tag}`)).toBe(digest);
      expect(judged(`${to}:${digest.replace(':', '-')}.sig`)).toBe(digest);
      validate(to, image);
      expect(crane('manifest', `${to}:1.0.0`)).toBe(crane('manifest', `${from}@${digest}`));
      expect(deps.core.lines.join('\n')).toMatch(/[1-9]\d* blobs mounted, 0 were there, 0 carried/);
    },
  );

  it('puts full references into several repositories', async () => {
    const tags = [`${registry.host}/many/a:1`, `${registry.host}/many/b:2`, `${registry.host}/many/a:latest`];

    const result = await start({ tags, push: true });

    expect(result.outputs['tags']).toBe(`1\nlatest\n${registry.host}/many/b:2`);
    for (const tag of tags) expect(judged(tag)).toBe(built(result));
  });

  it('puts the same image into the engine and into a folder', async () => {
    const tag = `headgate-test-${process.pid}-load:1`;

    const result = await start({
      tags: [`${registry.host}/${tag}`],
      load: true,
      push: true,
      outputs: ['type=local,dest=out/image'],
    });

    try {
      expect(result.failure).toBeUndefined();
      const id = execFileSync(
        'docker',
        ['image', 'inspect', '--format', '{{.Id}}', `${registry.host}/${tag}`],
        { encoding: 'utf8' },
      ).trim();
      expect([result.outputs['image-id'], built(result)]).toContain(id);
      expect(readFileSync(join(repository.directory, 'out/image/app.txt'), 'utf8')).toBe('good');
    } finally {
      execFileSync('docker', ['rmi', `${registry.host}/${tag}`], { stdio: 'ignore' });
    }
  });

  it('finds two builds of a pure file the same, and names what makes others differ', async () => {
    const same = await start({ 'compare-builds': true, provenance: 'true' });
    expect(same.failure).toBeUndefined();

    await expect(start({ file: 'Random.Dockerfile', 'compare-builds': true })).rejects.toMatchObject({
      code: 'builds-differ',
      message: expect.stringMatching(
        /layer 2 of 2 \(COPY \/made.txt \/srv\/made.txt.*srv\/made.txt differs in its content/,
      ),
    });
    expect(existsSync(join(deps.temporary, 'layout-again'))).toBe(false);
  });

  it('gives files the time that was asked for', async () => {
    const at = async (epoch: string): Promise<string> => built(await start({ 'source-date-epoch': epoch }));

    const [commit, fixed, again] = [await at('commit'), await at('1000000000'), await at('1000000000')];

    expect(fixed).toBe(again);
    expect(fixed).not.toBe(commit);
  });

  it('builds several images of one file, what they share once, and publishes each by its own digest', async () => {
    const name = (last: string): string => `${registry.host}/several/${last}`;
    const shared = `FROM ${base} AS shared\nRUN ["node", "-e", "require('node:fs').writeFileSync('/when', String(process.hrtime.bigint()))"]\n`;
    const stage = (last: string): string =>
      `FROM scratch AS ${last}\nCOPY --from=shared /when /when\nCOPY app.txt /${last}\n`;
    repository.commit('several', { Dockerfile: shared + ['web', 'worker', 'cron'].map(stage).join('') });
    const targets = {
      web: { image: name('web') },
      worker: { image: name('worker') },
      cron: { image: name('cron') },
    };

    const result = await start({ targets, tags: ['1'], push: true });

    const images = JSON.parse(String(result.outputs['images'])) as Record<string, { digest: string }>;
    const first = new Set<string>();
    for (const last of ['web', 'worker', 'cron']) {
      expect(judged(`${name(last)}:1`)).toBe(images[last]?.digest);
      const { layers } = JSON.parse(crane('manifest', `${name(last)}:1`)) as { layers: { digest: string }[] };
      first.add(layers[0]?.digest ?? '');
    }
    // The time that the shared stage wrote down is the same in all: it ran once.
    expect(first.size).toBe(1);
    const seconds = result.entry?.parts.timings
      ?.filter(({ step }) => step === 'build')
      .map((one) => one.seconds);
    process.stdout.write(`several images: builds took ${seconds?.join(', ')} s\n`);
  });

  it('attaches the SBOM that a generator makes, and publishes it with the image', async () => {
    const statement = {
      _type: 'https://in-toto.io/Statement/v0.1',
      predicateType: 'https://spdx.dev/Document',
      predicate: { spdxVersion: 'SPDX-2.3', name: 'made by this test' },
    };
    repository.commit('generator', {
      'Generator.Dockerfile': `FROM ${base}\nCOPY sbom.json scan.cjs /\nENTRYPOINT ["node", "/scan.cjs"]\n`,
      'sbom.json': JSON.stringify(statement),
      // The protocol of BuildKit's scanners: statements go into the folder that this variable names.
      'scan.cjs':
        "require('node:fs').copyFileSync('/sbom.json', process.env.BUILDKIT_SCAN_DESTINATION + '/sbom.spdx.json')",
    });
    const generator = `${registry.host}/generator`;
    await start({ file: 'Generator.Dockerfile', image: generator, tags: ['1'], push: true });
    const name = `${registry.host}/with-sbom`;

    const result = await start({ image: name, tags: ['1'], push: true, sbom: `generator=${generator}:1` });

    expect(result.failure).toBeUndefined();
    expect(judged(`${name}:1`)).toBe(built(result));
    const { manifests } = JSON.parse(crane('manifest', `${name}:1`)) as { manifests: { digest: string }[] };
    const { layers } = JSON.parse(crane('manifest', `${name}@${manifests[1]?.digest}`)) as {
      layers: { digest: string }[];
    };
    expect(crane('blob', `${name}@${layers[0]?.digest}`)).toContain('made by this test');
  });
});
