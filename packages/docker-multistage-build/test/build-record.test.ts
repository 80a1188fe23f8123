// The build record: which builds it is of, what keeps it back, and that it never decides how a step ends.
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { makeLayout } from '@headgate/image/testing/layouts';
import type { ActionResult } from '@headgate/kit/action';
import { createInputReader } from '@headgate/kit/inputs';
import { createTestCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { testFolder } from '@headgate/kit/testing/folder';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { listReferences, referencesIn, referencesSince } from '../src/build-references.js';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { secretsInRecord } from '../src/record-search.js';
import { run } from '../src/run.js';
import { type DockerScript, type FakeDocker, makeFakeDocker } from './fake-docker.js';
import { recordedOutput } from './recorded.js';

const made = makeLayout();
const layout = made.finish(
  made.image([made.fileLayer('gzip', 5000)], { os: 'linux', architecture: 'amd64' }),
);
const token = 'token of this build 4711';

describe('the record of a step', () => {
  let repository: TestRepository;
  let docker: FakeDocker;
  let deps: TestDeps;
  let folder: string;

  beforeEach(() => {
    repository = createTestRepository();
    repository.commit('start', {
      Dockerfile: 'FROM scratch AS test\nFROM scratch AS worker\nFROM scratch AS runtime\n',
    });
    folder = testFolder('headgate-buildx-');
  });

  afterEach(() => {
    repository.remove();
  });

  function start(
    script: DockerScript = {},
    settings: Readonly<Record<string, unknown>> = {},
  ): Promise<ActionResult> {
    const history = { folder, record: 'what was built' };
    docker = makeFakeDocker({ layout, buildx: 'v0.29.1', history, ...script });
    deps = createTestDeps({
      run: docker.run,
      start: docker.start,
      context: createTestContext({ workspace: repository.directory }),
      env: { BUILDX_CONFIG: folder, RUNNER_TEMP: testFolder('headgate-runner-temp-'), TOKEN: token },
    });
    const all = { leg: 'shop', 'test-targets': ['test'], 'skipped-stages': ['test'], 'build-record': true };
    const core = createTestCore({
      settings: JSON.stringify({ ...all, secrets: { token: 'env:TOKEN' }, ...settings }),
    });
    return run(readInputs(createInputReader(inputSpecs, core)), deps);
  }

  const exported = (): readonly string[] =>
    docker.calls().find(({ args }) => args[1] === 'history')?.args ?? [];
  const warnings = (): readonly string[] =>
    deps.core.annotations.map(({ message }) => message).filter((message) => /build record/i.test(message));
  const kept = (): readonly string[] => readdirSync(String(deps.env['RUNNER_TEMP'])).filter(isRecord);

  it('is one file of all its builds, in order, for its owner alone; log and summary say how to open it', async () => {
    const result = await start();

    const path = join(String(deps.env['RUNNER_TEMP']), 'headgate-build-shop.dockerbuild');
    expect(result.failure).toBeUndefined();
    expect(result.outputs['build-record']).toBe(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(exported().slice(0, 6)).toEqual([
      ...['buildx', 'history', 'export', '--builder=shop', '--finalize', `--output=${path}`],
    ]);
    expect(
      exported()
        .slice(6)
        .map((id) => id.replace(/\d+$/, '')),
    ).toEqual(['buildtest', 'buildlast']);
    for (const told of [deps.core.lines.join('\n'), deps.core.summary()])
      expect(told).toContain('docker buildx history import --file headgate-build-shop.dockerbuild');
    expect(warnings()).toEqual([]);
  });

  it('is not asked for unless the input says so', async () => {
    const result = await start({}, { 'build-record': false });

    expect(result.outputs['build-record']).toBeUndefined();
    expect([exported(), kept()]).toEqual([[], []]);
  });

  it.each([
    ['gate', { test: { output: recordedOutput('command'), code: 1 } }, 'gate-failed', ['buildtest']],
    [
      'build',
      { '': { output: recordedOutput('command'), code: 1 } },
      'build-failed',
      ['buildtest', 'buildlast'],
    ],
  ])('is there when the %s fails, with the one that failed in it', async (_what, builds, code, ids) => {
    const result = await start({ builds });

    expect(result.failure).toMatchObject({ code });
    expect(existsSync(String(result.outputs['build-record']))).toBe(true);
    expect(
      exported()
        .slice(6)
        .map((id) => id.replace(/\d+$/, '')),
    ).toEqual(ids);
  });

  it('is an output of a failure that is thrown, which stays what it was', async () => {
    const digest = `sha256:${'0'.repeat(64)}`;

    await expect(start({ reportedDigest: digest })).rejects.toMatchObject({
      code: 'layout-invalid',
      message: expect.stringContaining(digest),
      outputs: { 'build-record': expect.stringMatching(/\.dockerbuild$/) },
    });
  });

  it('is one for several images', async () => {
    const targets = { web: { target: 'runtime' }, worker: { target: 'worker' } };

    const result = await start({}, { targets });

    expect(result.failure).toBeUndefined();
    expect(existsSync(String(result.outputs['build-record']))).toBe(true);
    expect(exported().slice(6)).toHaveLength(3);
  });

  it.each<[string, (folder: string) => DockerScript, RegExp]>([
    [
      'buildx is too old',
      () => ({ buildx: 'v0.23.0' }),
      /0\.24\.0 or newer is needed for it, 0\.23\.0 was found\. Update/,
    ],
    [
      'buildx keeps its folder elsewhere',
      () => ({ history: { folder: testFolder('headgate-elsewhere-'), record: '' } }),
      /left no reference.*BUILDX_CONFIG/,
    ],
    [
      'the builder refuses',
      (folder) => ({ history: { folder, record: null } }),
      /export says ERROR: no record found for ref\. Use a builder that keeps a history/,
    ],
    [
      'it cannot be read, so nobody knows what it holds',
      (folder) => ({ history: { folder, record: 'plain', packed: false } }),
      /looked through: .*incorrect header check/,
    ],
  ])('is missing with one warning when %s, and the build is as good', async (_what, scriptFor, warning) => {
    const result = await start(scriptFor(folder));

    expect(result.failure).toBeUndefined();
    expect(result.outputs['build-record']).toBe('');
    expect(warnings()).toEqual([expect.stringMatching(warning)]);
    expect(kept()).toEqual([]);
  });

  it('that would hold a secret is removed; the warning names it, not its value', async () => {
    const record = `RUN echo ${Buffer.from(`x${token}`).toString('base64')}`;
    const result = await start({ history: { folder, record } });

    expect([result.failure, result.outputs['build-record']]).toEqual([undefined, '']);
    expect(warnings()).toEqual([expect.stringContaining('it would hold the secret token, and was removed')]);
    expect(JSON.stringify([warnings(), deps.core.lines, deps.core.summary()])).not.toContain('4711');
    expect(kept()).toEqual([]);
  });
});

describe('references that buildx leaves', () => {
  const place = { context: '/srv/shop', file: '/srv/shop/Dockerfile' };
  const state = { LocalPath: place.context, DockerfilePath: place.file };

  function write(config: string, path: string, content: unknown, seconds = 1000): void {
    const file = join(config, 'refs', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    utimesSync(file, seconds, seconds);
  }

  it('are of this step when they are new and of its context and Dockerfile, whoever else uses the builder', async () => {
    const config = testFolder('headgate-buildx-');
    const env = { BUILDX_CONFIG: config };
    write(config, 'shop/shop0/before', state);
    const before = await listReferences(env);
    write(config, 'shop/shop0/second', state, 3000);
    write(config, 'shop/shop1/first', state, 2000);
    write(config, 'shop/shop0/elsewhere', { ...state, LocalPath: '/srv/other' });
    write(config, 'shop/shop0/another', { ...state, DockerfilePath: '/srv/shop/Other.Dockerfile' });
    write(config, 'shop/shop0/broken', '{');
    write(config, 'shop/shop0/--all', state);
    write(config, '__group__/many', state);

    expect(await referencesSince(before, place, env)).toEqual(['shop/shop1/first', 'shop/shop0/second']);
  });

  it.each([
    [
      'BUILDX_CONFIG',
      (folder: string) => [folder, { BUILDX_CONFIG: folder, DOCKER_CONFIG: '/none' }] as const,
    ],
    [
      'DOCKER_CONFIG',
      (folder: string) => [join(folder, 'buildx'), { DOCKER_CONFIG: folder, HOME: '/none' }] as const,
    ],
    ['HOME', (folder: string) => [join(folder, '.docker', 'buildx'), { HOME: folder }] as const],
  ])('are found by %s', async (_name, at) => {
    const [config, env] = at(testFolder('headgate-buildx-'));
    write(config, 'shop/shop0/one', state);

    expect([...(await listReferences(env))]).toEqual(['shop/shop0/one']);
  });

  it.each([
    ['{"buildx.build.ref": "shop/shop0/abc123", "other": 1}', ['shop/shop0/abc123']],
    ['{"buildx.build.ref":"shop/--all/abc123"}', []],
    ['{"buildx.build.ref":"abc123"}', []],
    ['{}', []],
    ['', []],
  ])('stand in metadata: %s', (metadata, found) => {
    expect(referencesIn(metadata)).toEqual(found);
  });
});

describe('secrets in a record', () => {
  const secrets = [
    { name: 'npm', value: 'npm-value-4711' },
    { name: 'key', value: 'first line of a key\nsecond line of a key' },
  ];

  function record(bytes: string | Buffer): string {
    const file = join(testFolder('headgate-record-'), 'a.dockerbuild');
    writeFileSync(file, gzipSync(bytes));
    return file;
  }

  it.each<[string, string | Buffer, readonly string[]]>([
    ['nothing', 'FROM scratch', []],
    ['an argument', '{"build-arg:TOKEN": "npm-value-4711"}', ['npm']],
    ['an error in base64', Buffer.from('xx npm-value-4711').toString('base64'), ['npm']],
    ['a line that was printed', '#5 second line of a key', ['key']],
    ['a compressed part', gzipSync('log: npm-value-4711'), ['npm']],
    ['both, more than once', 'npm-value-4711 npm-value-4711 first line of a key', ['npm', 'key']],
    [
      'one behind much else',
      Buffer.concat([Buffer.alloc(3_000_000), Buffer.from('npm-value-4711')]),
      ['npm'],
    ],
  ])('%s', async (_what, bytes, found) => {
    expect(new Set(await secretsInRecord(record(bytes), secrets))).toEqual(new Set(found));
  });

  it('cannot be looked for in what is not compressed, which is an error', async () => {
    const file = join(testFolder('headgate-record-'), 'a.dockerbuild');
    writeFileSync(file, 'npm-value-4711');

    await expect(secretsInRecord(file, secrets)).rejects.toThrow(/header/);
  });
});

function isRecord(name: string): boolean {
  return name.endsWith('.dockerbuild');
}
