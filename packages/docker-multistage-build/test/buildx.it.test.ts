// Real builds on the real engine, published to a real registry: digests, secrets, failures, cancelling.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ActionResult } from '@headgate/kit/action';
import { systemClock } from '@headgate/kit/clock';
import { createHttp } from '@headgate/kit/http';
import { createInputReader } from '@headgate/kit/inputs';
import { runCommand, startCommand } from '@headgate/kit/process';
import { createTestCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { digestOf } from '@headgate/kit/testing/registry';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { run } from '../src/run.js';
import { base, findLacking, judge, judged, type RealRegistry, serveRegistry } from './real-tools.js';

if (judge === null)
  process.stdout.write('buildx.it.test.ts skipped: no crane and no skopeo to judge a digest\n');
const lacking = findLacking();
const suite = lacking === null ? describe : describe.skip;
if (lacking !== null) process.stdout.write(`buildx.it.test.ts skipped: ${lacking}\n`);

const node = (script: string): string => JSON.stringify(['node', '-e', script]);
const dockerfile = [
  `FROM ${base} AS test`,
  'COPY app.txt /app.txt',
  `RUN ${node("if (require('node:fs').readFileSync('/app.txt', 'utf8') === 'bad') { console.error('::error::app is bad'); process.exit(3) }")}`,
  `FROM ${base} AS build`,
  'ARG AGAIN',
  'COPY app.txt /app.txt',
  `RUN --mount=type=secret,id=token ${node("require('node:fs').writeFileSync('/size', String(require('node:fs').readFileSync('/run/secrets/token').length))")}`,
  `FROM ${base} AS slow`,
  `RUN ${node("console.log('slow has begun'); setTimeout(() => undefined, 60000)")}`,
  'FROM scratch AS runtime',
  'COPY --from=build /size /size',
  'COPY app.txt /app.txt',
].join('\n');
const secret = 'a build secret of this test';

suite('buildx', () => {
  let registry: RealRegistry;
  let repository: TestRepository;
  let deps: TestDeps;

  beforeAll(async () => {
    registry = await serveRegistry();
  });

  afterAll(() => {
    registry.stop();
  });

  beforeEach(() => {
    repository = createTestRepository();
    repository.commit('start', { Dockerfile: dockerfile, 'app.txt': 'good' });
    deps = prepare();
  });

  afterEach(() => {
    repository.remove();
    rmSync(deps.temporary, { recursive: true, force: true });
  });

  function prepare(overrides: Partial<TestDeps> = {}): TestDeps {
    const context = createTestContext({ workspace: repository.directory });
    return createTestDeps({
      run: runCommand,
      start: startCommand,
      http: createHttp(),
      context,
      ...overrides,
    });
  }

  function start(name: string, settings: Readonly<Record<string, unknown>> = {}): Promise<ActionResult> {
    const all = {
      leg: 'shop',
      target: 'runtime',
      'test-targets': ['test'],
      secrets: { token: { secret: 'TOKEN' } },
      image: `${registry.host}/${name}`,
      tags: ['1.0.0'],
      'moving-tags': ['develop'],
      publish: true,
      ...settings,
    };
    const core = createTestCore({
      settings: JSON.stringify(all),
      'build-secrets': JSON.stringify({ build: { TOKEN: secret } }),
    });
    return run(readInputs(createInputReader(inputSpecs, core)), { ...deps, clock: systemClock });
  }

  async function get(path: string): Promise<{ readonly status: number; readonly bytes: Buffer }> {
    const accept = 'application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json';
    const response = await fetch(`http://${registry.host}/v2/${path}`, { headers: { accept } });
    return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
  }

  /** Bytes of all layers of all platforms, by the registry's own descriptors and by unpacking what it serves. */
  async function measured(
    name: string,
    reference: string,
  ): Promise<{ compressed: number; uncompressed: number }> {
    const { manifests = [], layers = [] } = JSON.parse(
      (await get(`${name}/manifests/${reference}`)).bytes.toString(),
    ) as { manifests?: { digest: string }[]; layers?: { digest: string; size: number }[] };
    const sum = { compressed: 0, uncompressed: 0 };
    for (const { digest } of manifests) {
      const one = await measured(name, digest);
      sum.compressed += one.compressed;
      sum.uncompressed += one.uncompressed;
    }
    for (const { digest, size } of layers) {
      sum.compressed += size;
      sum.uncompressed += gunzipSync((await get(`${name}/blobs/${digest}`)).bytes).length;
    }
    return sum;
  }

  it('publishes exactly what was built: the digest of the layout is the digest pulled by tag', async () => {
    const result = await start('published');

    expect(result.failure).toBeUndefined();
    for (const tag of ['1.0.0', 'develop']) {
      const { bytes } = await get(`published/manifests/${tag}`);
      expect(digestOf(bytes)).toBe(result.outputs['digest']);
    }
    const published = await measured('published', String(result.outputs['digest']));
    expect(result.outputs['compressed-size']).toBe(String(published.compressed));
    expect(result.outputs['uncompressed-size']).toBe(String(published.uncompressed));
  });

  it('gives the same digest for the same commit, checked out and built again later', async () => {
    const first = await start('again');
    repository.git('clone', '--quiet', '.', 'copy');
    const second = await start('again', {
      context: 'copy',
      'build-args': { AGAIN: String(process.hrtime.bigint()) },
    });

    expect(second.outputs['digest']).toBe(first.outputs['digest']);
    expect(second.failure).toBeUndefined();
  });

  it('publishes an index whose platforms are all there', async () => {
    repository.commit('copy only', { 'Copy.Dockerfile': 'FROM scratch AS runtime\nCOPY app.txt /app.txt\n' });
    const platforms = ['linux/amd64', 'linux/arm64'];

    const result = await start('index', {
      file: 'Copy.Dockerfile',
      platforms,
      'test-targets': [],
      secrets: {},
    });

    const { bytes } = await get('index/manifests/1.0.0');
    expect(digestOf(bytes)).toBe(result.outputs['digest']);
    const { manifests } = JSON.parse(bytes.toString()) as {
      manifests: { platform: { architecture: string } }[];
    };
    expect(manifests.map((one) => one.platform.architecture)).toEqual(['amd64', 'arm64']);
    expect(result.entry?.parts.images?.[0]?.platforms.map((one) => one.platform)).toEqual(platforms);
    const published = await measured('index', String(result.outputs['digest']));
    expect(result.outputs['compressed-size']).toBe(String(published.compressed));
    expect(result.outputs['uncompressed-size']).toBe(String(published.uncompressed));
  });

  const judgedIt = judge === null ? it.skip : it;
  judgedIt('shows a registry client that is not ours the same digest, by tag and after a pull', async () => {
    const image = `${registry.host}/judged`;
    const { outputs } = await start('judged');

    expect(judged(`${image}:develop`)).toBe(outputs['digest']);
    // The engine fetches every blob and checks each against its digest.
    execFileSync('docker', ['pull', '--quiet', `${image}:1.0.0`], { stdio: 'ignore' });
    const pulled = execFileSync('docker', [
      'image',
      'inspect',
      '--format',
      '{{json .RepoDigests}}',
      `${image}:1.0.0`,
    ]);
    execFileSync('docker', ['rmi', `${image}:1.0.0`], { stdio: 'ignore' });
    expect(JSON.parse(pulled.toString())).toEqual([outputs['image-ref']]);
  });

  it('publishes nothing when a test stage fails, and shows its place and output', async () => {
    repository.commit('break', { 'app.txt': 'bad' });

    const result = await start('broken');

    expect(result.failure).toMatchObject({
      code: 'gate-failed',
      message: expect.stringContaining('Dockerfile:3'),
    });
    expect(result.failure?.excerpt).toContain('::error::app is bad');
    expect(result.failure?.place).toEqual({ file: 'Dockerfile', line: 3 });
    expect((await get('broken/tags/list')).status).toBe(404);
  });

  it('takes the results of failed tests out of a stage that was built all the same', async () => {
    const report =
      '<testsuite><testcase name="adds"><failure message="one was not two"/></testcase></testsuite>';
    const results = [
      `FROM ${base} AS test`,
      `RUN ${node(`require('node:fs').writeFileSync('/junit.xml', ${JSON.stringify(report)})`)}`,
      'FROM scratch AS results',
      'COPY --from=test /junit.xml /reports/',
      'FROM scratch AS runtime',
      'COPY app.txt /app.txt',
    ];
    repository.commit('results', { 'Results.Dockerfile': results.join('\n') });

    const result = await start('results', {
      file: 'Results.Dockerfile',
      'test-targets': [],
      'test-results': ['results'],
      secrets: {},
    });

    expect(result.failure).toMatchObject({
      code: 'gate-failed',
      message: expect.stringMatching(/^1 of 1 test/),
    });
    const folder = String(result.outputs['test-results']);
    expect(readFileSync(join(folder, 'results', 'reports', 'junit.xml'), 'utf8')).toBe(report);
    expect(result.entry?.parts.tests).toMatchObject([
      { name: 'results/reports/junit.xml', outcome: 'failed' },
      { name: 'results/reports/junit.xml: adds', detail: 'one was not two' },
    ]);
    expect((await get('results/tags/list')).status).toBe(404);
  });

  it('keeps a fixed tag where it is and names both digests', async () => {
    const first = await start('fixed');
    repository.commit('change', { 'app.txt': 'better' });

    const second = await start('fixed');

    expect(second.failure).toMatchObject({
      code: 'tag-conflict',
      message: expect.stringContaining(String(first.outputs['digest'])),
    });
    expect(digestOf((await get('fixed/manifests/develop')).bytes)).toBe(first.outputs['digest']);
  });

  it('shows no secret in log, summary, configuration or layer', async () => {
    await start('secret');

    expect([deps.core.summary(), ...deps.core.lines].join('\n')).not.toContain(secret);
    const manifest = JSON.parse((await get('secret/manifests/1.0.0')).bytes.toString()) as {
      readonly config: { readonly digest: string };
      readonly layers: readonly { readonly digest: string }[];
    };
    const config = (await get(`secret/blobs/${manifest.config.digest}`)).bytes.toString();
    const layers = await Promise.all(
      manifest.layers.map(async ({ digest }) =>
        gunzipSync((await get(`secret/blobs/${digest}`)).bytes).toString('latin1'),
      ),
    );
    expect(layers.join('')).toContain(String(secret.length));
    expect([config, ...layers].join('')).not.toContain(secret);
  });

  it('leaves nothing when it is cancelled in the middle', async () => {
    const controller = new AbortController();
    deps = prepare({ signal: controller.signal });
    const { core } = deps;
    const info = (line: string): void => {
      if (/slow has begun$/.test(line)) controller.abort(new Error('the job was cancelled'));
      core.info(line);
    };
    deps = { ...deps, core: { ...core, info } };

    await expect(start('cancelled', { target: 'slow' })).rejects.toThrow('the job was cancelled');

    expect(readdirSync(deps.temporary).filter((name) => !name.endsWith('.log'))).toEqual([]);
    expect((await get('cancelled/tags/list')).status).toBe(404);
  });
});
