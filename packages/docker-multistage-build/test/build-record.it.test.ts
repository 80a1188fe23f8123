// Build records of a real builder: exported, read by other tools, and kept back when a secret is in one.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ActionResult } from '@headgate/kit/action';
import { systemClock } from '@headgate/kit/clock';
import { createInputReader } from '@headgate/kit/inputs';
import { runCommand, startCommand } from '@headgate/kit/process';
import { createTestCore } from '@headgate/kit/testing/core';
import { createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { run } from '../src/run.js';
import { findLackingBuildKit, type OwnBuildKit, startBuildKit } from './own-buildkit.js';
import { base } from './real-tools.js';

const lacking = findLackingBuildKit();
const suite = lacking === null ? describe : describe.skip;
if (lacking !== null) process.stdout.write(`build-record.it.test.ts skipped: ${lacking}\n`);

const secret = 'npm_value+of/this-build==4711';
const node = (script: string): string => JSON.stringify(['node', '-e', script]);
const mounted = "require('node:fs').readFileSync('/run/secrets/npm', 'utf8')";
const dockerfile = [
  `FROM ${base} AS test`,
  'ARG MODE',
  `RUN --mount=type=secret,id=npm ${node(`console.log('length', ${mounted}.length)`)}`,
  'FROM test AS loud',
  `RUN --mount=type=secret,id=npm ${node(`console.log(${mounted})`)}`,
  'FROM test AS broken',
  `RUN ${node("console.error('the reason'); process.exit(3)")}`,
  'FROM scratch AS lacking',
  'COPY absent.txt /',
  'FROM scratch AS worker',
  'COPY app.txt /worker',
  'FROM scratch AS runtime',
  'COPY app.txt /app.txt',
].join('\n');

suite('the build record of a real builder', () => {
  let own: OwnBuildKit;
  let repository: TestRepository;
  let deps: TestDeps;
  let kept: string;

  beforeAll(async () => {
    own = await startBuildKit();
  });

  afterAll(async () => {
    await own.stop();
  });

  beforeEach(() => {
    repository = createTestRepository();
    repository.commit('start', { Dockerfile: dockerfile, 'app.txt': 'good' });
    kept = mkdtempSync(join(tmpdir(), 'headgate-records-'));
    deps = own.deps(repository.directory, { RUNNER_TEMP: kept, NPM: secret });
  });

  afterEach(() => {
    repository.remove();
    for (const folder of [deps.temporary, kept]) rmSync(folder, { recursive: true, force: true });
  });

  /** In the engine's own builder, which has base images, unless said. */
  function start(settings: Readonly<Record<string, unknown>> = {}, given = deps): Promise<ActionResult> {
    const fixed = { leg: 'shop', builder: 'default', 'build-record': true, secrets: { npm: 'env:NPM' } };
    const quiet = { 'skipped-stages': ['test'], policy: 'off' };
    const core = createTestCore({ settings: JSON.stringify({ ...fixed, ...quiet, ...settings }) });
    return run(readInputs(createInputReader(inputSpecs, core)), { ...given, clock: systemClock });
  }

  const warnings = (): readonly string[] =>
    deps.core.annotations.map(({ message }) => message).filter((message) => /build record/i.test(message));
  const records = (): readonly string[] => readdirSync(kept).filter((name) => name.endsWith('.dockerbuild'));

  it('holds gate and image as an OCI layout in a compressed archive, and no secret of the build', async () => {
    const args = { 'build-args': { MODE: 'seen-in-record' }, 'no-cache': true };
    const result = await start({ 'test-targets': ['test'], ...args });

    expect([result.failure, warnings()]).toEqual([undefined, []]);
    const { names, holds, builds } = unpack(String(result.outputs['build-record']));
    expect(names).toEqual(expect.arrayContaining(['index.json', 'oci-layout']));
    expect(builds).toHaveLength(2);
    expect(builds[1]?.['Ref']).toBe(referenceOf(result));
    for (const shown of ['seen-in-record', `length ${secret.length}`])
      expect([shown, holds(shown)]).toEqual([shown, true]);
    for (const form of [secret, Buffer.from(secret).toString('base64').slice(0, 30)])
      expect(holds(form)).toBe(false);
  });

  it.each([
    ['gate', { 'test-targets': ['broken'] }, 'gate-failed'],
    ['build', { target: 'broken' }, 'build-failed'],
  ])('of a %s that fails holds the error and what it printed', async (_what, settings, code) => {
    const result = await start(settings);

    expect([result.failure?.code, warnings()]).toEqual([code, []]);
    const { builds, holds } = unpack(String(result.outputs['build-record']));
    expect(builds).toEqual([expect.objectContaining({ error: expect.anything() })]);
    expect(holds('the reason')).toBe(true);
  });

  it.each([
    ['two images', { targets: { web: { target: 'runtime' }, jobs: { target: 'worker' } } }, undefined],
    [
      'an image before the one that fails',
      { targets: { web: { target: 'runtime' }, bad: { target: 'lacking' } } },
      'build-failed',
    ],
  ])(
    'of a builder behind the remote driver holds %s, and nothing from before',
    async (_what, settings, code) => {
      const result = await start({ ...settings, builder: own.builder });

      expect([result.failure?.code, warnings()]).toEqual([code, []]);
      expect(unpack(String(result.outputs['build-record'])).builds).toHaveLength(2);
    },
  );

  it("is found by what buildx reports of the build where buildx's folder is not", async () => {
    const elsewhere = { ...deps, env: { ...deps.env, DOCKER_CONFIG: kept } };

    const result = await start({ builder: own.builder }, elsewhere);

    const { builds } = unpack(String(result.outputs['build-record']));
    expect(builds).toEqual([expect.objectContaining({ Ref: referenceOf(result) })]);
  });

  it.each([
    ['a build argument repeats', { 'build-args': { MODE: secret } }],
    ['a RUN prints', { 'test-targets': ['loud'] }],
  ])('is not offered when %s a secret', async (_what, settings) => {
    const result = await start({ 'test-targets': ['test'], 'no-cache': true, ...settings });

    expect([result.failure, result.outputs['build-record']]).toEqual([undefined, '']);
    expect(warnings()).toEqual([expect.stringContaining('it would hold the secret npm')]);
    expect(records()).toEqual([]);
  });

  it('is missing with one warning when buildx is too old, and the build is as good', async () => {
    const old = createTestDeps({ ...deps, run: runCommand, start: startCommand });

    const result = await start({ builder: '' }, old);

    expect([result.failure, result.outputs['build-record']]).toEqual([undefined, '']);
    expect(warnings()).toEqual([
      expect.stringMatching(/0\.24\.0 or newer is needed for it, 0\.13\.1 was found/),
    ]);
  });
});

interface Unpacked {
  readonly names: readonly string[];
  /** Whether any part of it holds a text. */
  readonly holds: (text: string) => boolean;
  /** What BuildKit says of each build, in the record's order. */
  readonly builds: readonly Readonly<Record<string, unknown>>[];
}

/** By tar, which is not ours. */
function unpack(file: string): Unpacked {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-record-'));
  try {
    execFileSync('tar', ['-xf', '-', '-C', folder], { input: gunzipSync(readFileSync(file)) });
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const blobs = join(folder, 'blobs', 'sha256');
    const texts = readdirSync(blobs).map((name) => readFileSync(join(blobs, name), 'latin1'));
    const read = (digest: string): Document =>
      JSON.parse(readFileSync(join(blobs, basename(digest.replace(':', '/'))), 'utf8')) as Document;
    const { manifests = [] } = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as Document;
    const inner = manifests.flatMap(({ digest }) => {
      const document = read(digest);
      return document.manifests?.map((one) => read(one.digest)) ?? [document];
    });
    const builds = inner.map(({ config }) => read(config?.digest ?? '') as Readonly<Record<string, unknown>>);
    return { names, holds: (text) => texts.some((one) => one.includes(text)), builds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Document {
  readonly manifests?: readonly { readonly digest: string }[];
  readonly config?: { readonly digest: string };
}

function referenceOf(result: ActionResult): string {
  const metadata = JSON.parse(String(result.outputs['metadata'])) as { readonly 'buildx.build.ref': string };
  return basename(metadata['buildx.build.ref']);
}
