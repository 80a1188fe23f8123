// Real builds on the real engine, published to a real registry: digests, secrets, failures, cancelling.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
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
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { run } from '../src/run.js';
import { digestOf } from './registry-double.js';

const base = process.env['HEADGATE_NODE_IMAGE'] ?? 'local/node:24-slim';
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
  let registry: { readonly host: string; readonly child: ChildProcess; readonly folder: string };
  let repository: TestRepository;
  let deps: TestDeps;

  beforeAll(async () => {
    registry = await serveRegistry();
  });

  afterAll(() => {
    registry.child.kill();
    rmSync(registry.folder, { recursive: true, force: true });
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

  it('publishes exactly what was built: the digest of the layout is the digest pulled by tag', async () => {
    const result = await start('published');

    expect(result.failure).toBeUndefined();
    for (const tag of ['1.0.0', 'develop']) {
      const { bytes } = await get(`published/manifests/${tag}`);
      expect(digestOf(bytes)).toBe(result.outputs['digest']);
    }
    expect(Number(result.outputs['uncompressed-size'])).toBeGreaterThan(
      Number(result.outputs['compressed-size']),
    );
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
  });

  it('publishes nothing when a test stage fails, and shows its place and output', async () => {
    repository.commit('break', { 'app.txt': 'bad' });

    const result = await start('broken');

    expect(result.failure).toMatchObject({
      code: 'gate-failed',
      message: expect.stringContaining('Dockerfile:3'),
    });
    expect(deps.core.summary()).toContain('::error::app is bad');
    expect((await get('broken/tags/list')).status).toBe(404);
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

function findLacking(): string | null {
  const answers = (file: string, args: readonly string[]): boolean => {
    try {
      execFileSync(file, [...args], { stdio: 'ignore', timeout: 20_000 });
      return true;
    } catch {
      return false;
    }
  };
  if (!answers('docker', ['version'])) return 'no Docker engine answers';
  if (!answers('docker', ['buildx', 'version'])) return 'docker has no buildx';
  if (!answers('docker', ['image', 'inspect', base])) return `the image ${base} is not there`;
  return answers('docker-registry', ['--version']) ? null : 'docker-registry is not installed';
}

async function serveRegistry(): Promise<{
  readonly host: string;
  readonly child: ChildProcess;
  readonly folder: string;
}> {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-registry-'));
  const host = `127.0.0.1:${await freePort()}`;
  const configuration = {
    version: 0.1,
    storage: { filesystem: { rootdirectory: folder } },
    http: { addr: host },
  };
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(configuration));
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`docker-registry ended with ${code}`)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('listening on')) resolve();
    });
  });
  return { host, child, folder };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
