// The whole story against doubles: a scripted docker, a registry on loopback, a real repository, GitHub in memory.
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeLayout } from '@headgate/image/testing/layouts';
import type { ActionResult } from '@headgate/kit/action';
import { createHttp } from '@headgate/kit/http';
import { createInputReader } from '@headgate/kit/inputs';
import { createTestCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { testFolder } from '@headgate/kit/testing/folder';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { createTestGitHub } from '@headgate/kit/testing/github';
import { type RegistryDouble, startRegistry } from '@headgate/kit/testing/registry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { run } from '../src/run.js';
import { type DockerScript, type FakeDocker, makeFakeDocker } from './fake-docker.js';
import { recordedOutput } from './recorded.js';

const dockerfile = 'FROM scratch AS test\nFROM scratch AS command\nFROM scratch AS runtime\n';
const made = makeLayout();
const built = made.image([made.fileLayer('gzip', 5000)], { os: 'linux', architecture: 'amd64' });
const layout = made.finish(built);

let repository: TestRepository;
let registry: RegistryDouble;
let docker: FakeDocker;
let deps: TestDeps;

beforeEach(async () => {
  repository = createTestRepository();
  repository.commit('start', { Dockerfile: dockerfile });
  registry = await startRegistry();
  prepare({});
});

afterEach(async () => {
  repository.remove();
  await registry.close();
});

function prepare(script: DockerScript, overrides: Partial<TestDeps> = {}): void {
  docker = makeFakeDocker({ layout, ...script });
  deps = createTestDeps({
    run: docker.run,
    start: docker.start,
    http: createHttp(),
    context: createTestContext({ workspace: repository.directory }),
    ...overrides,
  });
}

function start(
  settings: Readonly<Record<string, unknown>>,
  inputs: Readonly<Record<string, string>> = {},
): Promise<ActionResult> {
  const core = {
    ...createTestCore({
      ...inputs,
      settings: JSON.stringify({ leg: 'shop', 'skipped-stages': ['test'], ...settings }),
    }),
    setSecret: deps.core.setSecret,
  };
  return run(readInputs(createInputReader(inputSpecs, core)), deps);
}

const published = (): Readonly<Record<string, unknown>> => ({
  image: `${registry.host}/acme/shop`,
  publish: true,
  tags: ['develop-abc'],
  'moving-tags': ['develop'],
});

describe('an image that is published', () => {
  it('is built once, pushed, tagged, and described by outputs, entry and summary', async () => {
    const result = await start({ ...published(), target: 'runtime', 'test-targets': ['test'] });

    const reference = `${registry.host}/acme/shop@${built.digest}`;
    expect(result.failure).toBeUndefined();
    expect(result.outputs).toMatchObject({
      'image-ref': reference,
      digest: built.digest,
      tags: 'develop-abc\ndevelop',
      'uncompressed-size': '5000',
      reused: 'false',
    });
    expect(result.entry).toMatchObject({
      name: 'shop',
      parts: {
        images: [
          {
            name: 'shop',
            digest: built.digest,
            reference,
            tags: ['develop-abc', 'develop'],
            reusedFrom: null,
          },
        ],
        tests: [{ name: 'test', stage: 'images', outcome: 'passed' }],
      },
    });
    expect(result.entry?.parts.timings?.map((timing) => timing.step)).toEqual([
      'gate test',
      'build',
      'examine',
      'push',
      'tag',
    ]);
    expect(registry.tags()).toEqual(['develop', 'develop-abc']);
    for (const text of [built.digest, 'develop-abc', 'linux/amd64', '5.0 kB', 'gate test']) {
      expect(deps.core.summary()).toContain(text);
    }
  });

  it('shows where the time of gates and build went, at the end of the summary', async () => {
    prepare({
      builds: {
        test: { output: recordedOutput('source-changed') },
        runtime: { output: recordedOutput('warm') },
      },
    });
    await start({ ...published(), target: 'runtime', 'test-targets': ['test'] });

    const [head = '', ...folds] = deps.core.summary().split('<details>');
    expect(head).toContain(built.digest);
    expect(folds.flatMap((fold) => /Time of [^:]+/.exec(fold)?.[0] ?? [])).toEqual([
      'Time of gate test',
      'Time of build',
    ]);
  });

  it('leaves evidence that is its image part alone, under the name of its key', async () => {
    const key = 'd'.repeat(64);
    const result = await start({ ...published(), 'image-key': key });

    expect(result.outputs['evidence-name']).toBe(`headgate-image-${key.slice(0, 16)}`);
    const evidence: unknown = JSON.parse(readFileSync(String(result.outputs['evidence-file']), 'utf8'));
    expect(evidence).toEqual(result.entry?.parts.images?.[0]);
    expect(evidence).toMatchObject({ key, digest: built.digest });
  });

  it('leaves no evidence when nothing was published', async () => {
    const result = await start({ ...published(), publish: false });

    expect(result.outputs).toMatchObject({ 'evidence-file': '', 'evidence-name': '' });
  });

  it('has its identity in outputs: configuration, platforms, sizes, and what the builder reports', async () => {
    const { outputs } = await start({ ...published(), target: 'runtime' });

    expect(outputs['image-id']).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(outputs['imageid']).toBe(outputs['image-id']);
    expect(JSON.parse(String(outputs['platform-digests']))).toEqual({ 'linux/amd64': built.digest });
    expect(JSON.parse(String(outputs['sizes']))).toMatchObject([
      { platform: 'linux/amd64', uncompressed: 5000 },
    ]);
    expect(JSON.parse(String(outputs['metadata']))).toEqual({ 'containerimage.digest': built.digest });
  });

  it('goes to every repository that a full reference names, tagged only when all of them have it', async () => {
    const other = await startRegistry();
    const reference = `${other.host}/acme/copy:1.0.0`;
    try {
      const result = await start({ ...published(), tags: ['develop-abc', reference] });

      expect(result.outputs).toMatchObject({
        tags: `develop-abc\ndevelop\n${reference}`,
        digest: built.digest,
      });
      expect(other.tags()).toEqual(['1.0.0']);

      other.trouble = ({ method }) => (method === 'POST' ? { status: 403 } : null);
      other.blobs.clear();
      other.manifests.clear();
      registry.manifests.clear();
      const failed = await start({ ...published(), tags: ['develop-abc', reference] });
      expect([failed.failure?.code, registry.tags()]).toEqual(['registry-auth', []]);
    } finally {
      await other.close();
    }
  });

  it('is published with the login of the docker client where no other is given', async () => {
    const auth = Buffer.from('me:from-docker-login').toString('base64');
    const folder = testFolder('headgate-docker-config-');
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: { [registry.host]: { auth } } }));
    prepare({}, { env: { DOCKER_CONFIG: folder } });
    const headers = { 'www-authenticate': 'Basic realm="r"' };
    registry.trouble = ({ authorization }) =>
      authorization === `Basic ${auth}` ? null : { status: 401, headers };

    const result = await start(published());

    expect(result.failure).toBeUndefined();
    expect(registry.tags()).toEqual(['develop', 'develop-abc']);
  });

  it('is built from a file of the workspace where the context has none of that name', async () => {
    repository.commit('move', { 'docker/Shop.Dockerfile': dockerfile, 'app/a.txt': 'a' });

    const result = await start({ context: 'app', file: 'docker/Shop.Dockerfile' });

    expect(result.failure).toBeUndefined();
    const argv = docker.builds()[0]?.args ?? [];
    expect(argv).toContain(`--file=${join(realpathSync(repository.directory), 'docker/Shop.Dockerfile')}`);
  });

  it('gets the time given instead of the commit', async () => {
    await start({ 'source-date-epoch': '1000000000' });
    await start({ 'source-date-epoch': 'off' });

    const times = docker.builds().map(({ env }) => env['SOURCE_DATE_EPOCH']);
    expect(times).toEqual(['1000000000', undefined]);
  });

  it('runs the gates first and in order', async () => {
    await start({ target: 'runtime', 'test-targets': ['test', 'command'] });

    expect(docker.builds().map(({ args }) => args.find((arg) => arg.startsWith('--target=')))).toEqual([
      '--target=test',
      '--target=command',
      '--target=runtime',
    ]);
  });

  it('gets the time of its commit, so that the same commit gives the same digest', async () => {
    await start({});

    expect(docker.builds()[0]?.env).toMatchObject({ SOURCE_DATE_EPOCH: String(Date.UTC(2026, 0, 1) / 1000) });
  });

  it('is not named, pushed or tagged unless asked', async () => {
    const result = await start({ ...published(), publish: false });

    // What cannot be pulled has no digest as an output; the entry names it all the same.
    expect(result.outputs).toMatchObject({ 'image-ref': '', digest: '', tags: '' });
    expect(result.entry?.parts.images).toMatchObject([{ digest: built.digest, reference: null }]);
    expect(registry.seen).toEqual([]);
  });
});

describe('a build that fails', () => {
  const failing = { output: recordedOutput('command'), code: 1 };

  it('in a gate publishes nothing and says where, what and why', async () => {
    prepare({ builds: { command: failing } });

    const result = await start({ ...published(), target: 'runtime', 'test-targets': ['test', 'command'] });

    expect(result.failure).toMatchObject({
      code: 'gate-failed',
      message: expect.stringContaining('stage command at Dockerfile:3'),
      place: { file: 'Dockerfile', line: 3 },
      excerpt: expect.stringMatching(/line 30[\s\S]*assertion failed/),
    });
    expect(result.outputs).toEqual({});
    expect(result.entry?.parts.tests).toMatchObject([
      { name: 'test', outcome: 'passed' },
      { name: 'command', outcome: 'failed', detail: expect.stringContaining('exit code 3') },
    ]);
    expect(result.entry?.parts.images).toBeUndefined();
    expect(docker.builds()).toHaveLength(2);
    expect(registry.seen).toEqual([]);
    for (const text of ['nothing was published', 'gate command', 'RUN', 'command']) {
      expect(deps.core.summary()).toContain(text);
    }
  });

  it('still shows where the time went', async () => {
    prepare({ builds: { '': failing } });
    await start(published());

    expect(deps.core.summary()).toContain('<summary>Time of build: ');
  });

  it('without a line of its own stands at the stage that failed', async () => {
    const step = { digest: 'd', name: '[command 1/1] RUN x' };
    const documents = [{ vertexes: [step] }, { vertexes: [{ ...step, error: 'no such process' }] }];
    const output = documents.map((one) => `${JSON.stringify(one)}\n`).join('');
    prepare({ builds: { command: { output, code: 1 } } });

    const result = await start({ ...published(), 'test-targets': ['command'] });

    const lines = readFileSync(join(deps.context.workspace, 'Dockerfile'), 'utf8').split('\n');
    const line = lines.findIndex((text) => /AS command$/i.test(text)) + 1;
    expect(line).toBeGreaterThan(0);
    expect(result.failure?.place).toEqual({ file: 'Dockerfile', line });
  });

  it('in the image itself is a failed build, after gates that passed', async () => {
    prepare({ builds: { runtime: failing } });

    const result = await start({ ...published(), target: 'runtime', 'test-targets': ['test'] });

    expect(result.failure).toMatchObject({ code: 'build-failed' });
    expect(result.entry?.parts.tests).toMatchObject([{ outcome: 'passed' }]);
    expect(registry.seen).toEqual([]);
  });

  it('without a word is a failure all the same', async () => {
    prepare({ builds: { '': { code: 1 } } });

    expect((await start({})).failure).toMatchObject({ code: 'build-failed' });
  });

  it('prints its output only where the runner executes nothing', async () => {
    prepare({ builds: { command: failing } });
    await start({ target: 'command' });

    const { lines } = deps.core;
    const command = lines.findIndex((line) => line.includes('::error::assertion failed'));
    const token =
      /^::stop-commands::(.+)$/.exec(lines.find((line) => line.startsWith('::stop-commands::')) ?? '')?.[1] ??
      '';
    expect(token).not.toBe('');
    expect(command).toBeGreaterThan(lines.indexOf(`::stop-commands::${token}`));
    expect(command).toBeLessThan(lines.indexOf(`::${token}::`));
  });

  it('is stopped at the deadline', async () => {
    prepare({ builds: { '': { hang: true } } });

    expect((await start({ deadline: '1s' })).failure).toMatchObject({ code: 'build-deadline' });
  });

  it('is not believed when the builder reports another digest than it wrote', async () => {
    prepare({ reportedDigest: `sha256:${'1'.repeat(64)}` });

    await expect(start(published())).rejects.toMatchObject({ code: 'layout-invalid' });
    expect(registry.seen).toEqual([]);
  });

  it('sends nothing to a registry whose fixed tag names another image', async () => {
    const bytes = Buffer.from('{}');
    registry.manifests.set('develop-abc', { mediaType: 'application/vnd.oci.image.manifest.v1+json', bytes });

    const result = await start(published());

    expect(result.failure).toMatchObject({ code: 'tag-conflict' });
    expect(registry.seen.filter(({ method }) => method !== 'GET' && method !== 'HEAD')).toEqual([]);
    expect(registry.blobs.size).toBe(0);
  });

  it('to publish keeps what was tested and timed', async () => {
    registry.trouble = ({ method }) => (method === 'POST' ? { status: 403 } : null);

    const result = await start({ ...published(), 'test-targets': ['test'] });

    expect(result.failure).toMatchObject({ code: 'registry-auth' });
    expect(result.entry?.parts.tests).toHaveLength(1);
    expect(result.entry?.parts.images).toBeUndefined();
    expect(registry.tags()).toEqual([]);
  });
});

describe('secrets', () => {
  const inputs = {
    'build-secrets':
      '{build: {NPM: "line one of it\\nline two of it"}, registries: {other.example: "pass word 1"}}',
  };

  it('reach the builder as private files that are gone afterwards', async () => {
    await start({ secrets: { npm: { secret: 'NPM' } }, 'test-targets': ['test'], target: 'runtime' }, inputs);

    const builds = docker.builds();
    expect(builds).toHaveLength(2);
    for (const { secrets } of builds) {
      expect(secrets).toEqual([
        {
          path: expect.stringContaining(deps.temporary),
          mode: 0o600,
          content: 'line one of it\nline two of it',
        },
      ]);
    }
    expect(readdirSync(deps.temporary).filter((name) => name.startsWith('secret'))).toEqual([]);
    expect(deps.core.secrets).toEqual(expect.arrayContaining(['line one of it', 'line two of it']));
  });

  it('are named when they are missing, before anything is built', async () => {
    await expect(start({ secrets: { npm: { secret: 'OTHER' } } }, inputs)).rejects.toMatchObject({
      code: 'secrets-missing',
      message: expect.stringContaining('build.OTHER'),
    });
    expect(docker.builds()).toEqual([]);
  });

  it('are left out when they are optional and missing', async () => {
    await start({ secrets: { npm: { secret: 'NPM' }, other: { secret: 'OTHER', optional: true } } }, inputs);

    expect(docker.builds()[0]?.secrets).toHaveLength(1);
    expect(deps.core.lines.join('\n')).toContain('optional secret other');
  });

  it('are removed when the build fails, and cut from the summary, the entry and the error', async () => {
    const step = { digest: 'd', name: '[command 1/1] RUN curl -u line one of it' };
    const error = 'process "curl -u line one of it" did not complete successfully: exit code: 7';
    const log = { vertex: 'd', stream: 1, data: Buffer.from('got line two of it\n').toString('base64') };
    const documents = [{ vertexes: [step] }, { logs: [log] }, { vertexes: [{ ...step, error }] }];
    prepare({
      builds: { command: { output: documents.map((one) => `${JSON.stringify(one)}\n`).join(''), code: 1 } },
    });

    const result = await start({ secrets: { npm: { secret: 'NPM' } }, 'test-targets': ['command'] }, inputs);

    expect(readdirSync(deps.temporary).filter((name) => name.startsWith('secret'))).toEqual([]);
    const told = [
      deps.core.summary(),
      JSON.stringify(result.entry),
      result.failure?.message,
      result.failure?.excerpt,
      JSON.stringify(deps.core.annotations),
    ];
    expect(told.join('\n')).toContain('***');
    expect(told.join('\n')).not.toMatch(/line (one|two) of it/);
  });

  it('are never in the argv or environment of any command', async () => {
    const value = fc.stringMatching(/^[!-~]{12,40}$/);
    await fc.assert(
      fc.asyncProperty(value, value, async (secret, password) => {
        prepare({});
        const map = JSON.stringify({ build: { NPM: secret }, registries: { [registry.host]: password } });
        await start(
          { ...published(), 'registry-username': 'ci', tags: [], secrets: { npm: 'NPM' } },
          { 'build-secrets': map },
        );

        const [call] = docker.builds();
        expect(call?.secrets[0]?.content).toBe(secret);
        const visible = JSON.stringify(docker.calls().map(({ args, env }) => [args, Object.values(env)]));
        expect(visible).not.toContain(JSON.stringify(secret).slice(1, -1));
        expect(visible).not.toContain(JSON.stringify(password).slice(1, -1));
      }),
      { numRuns: 8 },
    );
  });
});

describe('cancelling', () => {
  it('stops the builder and leaves no secret, no layout and no tag', async () => {
    const controller = new AbortController();
    prepare({ builds: { '': { hang: true } } }, { signal: controller.signal });
    const core = deps.core;
    deps = {
      ...deps,
      core: {
        ...core,
        info: (line) => (line === 'waiting' ? controller.abort(new Error('cancelled')) : core.info(line)),
      },
    };

    await expect(start({ ...published(), secrets: { home: 'env:TOKEN' } })).rejects.toThrow(/TOKEN/);
    deps = { ...deps, env: { TOKEN: 'secret value' } };
    await expect(start({ ...published(), secrets: { home: 'env:TOKEN' } })).rejects.toThrow('cancelled');

    expect(readdirSync(deps.temporary).filter((name) => !name.endsWith('.log'))).toEqual([]);
    expect(registry.seen).toEqual([]);
  });
});

describe('preconditions', () => {
  it.each<[string, DockerScript, string, RegExp]>([
    ['an engine that is down', { server: null }, 'docker-unreachable', /DOCKER_HOST/],
    ['no buildx', { buildx: null }, 'buildx-missing', /docker-buildx/],
    ['an old buildx', { buildx: 'v0.12.1' }, 'buildx-too-old', /Update/],
    ['a driver that cannot export', { containerd: false }, 'builder-cannot-export', /docker-container/],
  ])('%s is named with its cure', async (_what, script, code, hint) => {
    prepare(script);

    await expect(start({})).rejects.toMatchObject({ code, hint: expect.stringMatching(hint) });
    expect(docker.builds()).toEqual([]);
  });

  it('accepts a container driver whatever the image store', async () => {
    prepare({ driver: 'docker-container', containerd: false, buildx: 'v0.29.1' });

    expect((await start({})).failure).toBeUndefined();
  });

  it('names docker when it is not installed', async () => {
    const empty = testFolder('headgate-empty-');
    prepare(
      {},
      { run: (command, options) => docker.run({ ...command, file: join(empty, command.file) }, options) },
    );

    await expect(start({})).rejects.toMatchObject({ code: 'docker-missing' });
  });

  it.each<[Readonly<Record<string, unknown>>, string, RegExp]>([
    [{ context: 'absent' }, 'context-missing', /context/],
    [{ context: '..' }, 'path-outside-workspace', /context/],
    [{ context: '/' }, 'path-outside-workspace', /context/],
    [{ context: 'link' }, 'path-outside-workspace', /context/],
    [{ file: '../../etc/passwd' }, 'path-outside-workspace', /file/],
    [{ file: 'dockerfile' }, 'dockerfile-missing', /file: Dockerfile/],
    [{ file: 'Dockerfle' }, 'dockerfile-missing', /file: Dockerfile/],
    [{ target: 'runtme' }, 'target-missing', /Write runtime in `target`/],
    [{ 'skipped-stages': [] }, 'check-skipped', /Name it in `test-targets`/],
    [{ 'test-targets': ['tests'] }, 'target-missing', /Write test in `test-targets`/],
    [{ 'build-contexts': { certs: 'absent' } }, 'context-missing', /docker-image/],
  ])('%j fails as %s before anything is built', async (settings, code, hint) => {
    symlinkSync('/etc', join(repository.directory, 'link'));

    await expect(start(settings)).rejects.toMatchObject({ code, hint: expect.stringMatching(hint) });
    expect(docker.builds()).toEqual([]);
  });

  it('finds the Dockerfile relative to a context below the workspace', async () => {
    mkdirSync(join(repository.directory, 'services/shop'), { recursive: true });
    const shared = await start({ context: 'services/shop', file: '../../Dockerfile' });

    expect(shared.failure).toBeUndefined();
    expect(docker.builds()[0]?.args.at(-1)).toMatch(/services\/shop$/);
  });
});

describe('an image key with evidence', () => {
  const key = 'b'.repeat(64);
  const workflow = 'acme/shop/.github/workflows/git-flow.yml@refs/heads/develop';
  const evidence = { 'image-key': key };
  const token = { 'github-token': 'token for tests' };

  function offer(reference: string): void {
    const github = createTestGitHub();
    const image = {
      name: 'shop',
      digest: built.digest,
      reference,
      tags: ['develop'],
      key,
      platforms: [{ platform: 'linux/amd64', compressed: 30, uncompressed: 5000 }],
      reusedFrom: null,
    };
    const runOf = (id: number): object => ({
      id,
      html_url: `https://github.com/acme/shop/actions/runs/${id}`,
      event: 'push',
      status: 'completed',
      conclusion: 'success',
      path: '.github/workflows/delivery.yml',
      head_branch: 'develop',
      repository: { id: 1 },
      head_repository: { id: 1 },
      referenced_workflows: [{ path: workflow, sha: 'c'.repeat(40) }],
    });
    github.on('GET /repos/{owner}/{repo}/actions/artifacts', {
      artifacts: [{ id: 5, expired: false, workflow_run: { id: 900, head_branch: 'develop' } }],
    });
    github.on(
      'GET /repos/{owner}/{repo}/actions/runs/{run_id}',
      (parameters: Readonly<Record<string, unknown>>) => runOf(Number(parameters['run_id'])),
    );
    github.on('GET /repos/{owner}/{repo}/rules/branches/{branch}', [{ type: 'pull_request' }]);
    github.addArtifact(5, Buffer.from(JSON.stringify(image)));
    prepare({}, { connectGitHub: github.connect });
  }

  it('is not built again: the tags go on the same digest and the run that built it is named', async () => {
    offer(`${registry.host}/acme/shop@${built.digest}`);
    await start(published());
    const before = docker.calls().length;

    const result = await start({ ...published(), ...evidence, tags: ['1.2.3-rc.1'] }, token);

    expect(result.outputs).toMatchObject({
      reused: 'true',
      digest: built.digest,
      'compressed-size': '30',
      'image-key': key,
    });
    expect(result.entry?.parts.images).toMatchObject([
      { reusedFrom: 'https://github.com/acme/shop/actions/runs/900' },
    ]);
    expect(docker.calls()).toHaveLength(before);
    expect(registry.tags()).toEqual(['1.2.3-rc.1', 'develop', 'develop-abc']);
    expect(deps.core.annotations).toContainEqual(
      expect.objectContaining({ level: 'notice', message: expect.stringContaining('was not rebuilt') }),
    );
  });

  it('is signed before its tags, though this run did not build it', async () => {
    offer(`${registry.host}/acme/shop@${built.digest}`);
    await start(published());
    const { privateKey } = generateKeyPairSync('ed25519');
    const secrets = { 'signing-key': String(privateKey.export({ format: 'pem', type: 'pkcs8' })) };
    const given = { ...token, 'build-secrets': JSON.stringify(secrets) };

    const { outputs } = await start({ ...published(), ...evidence, tags: ['1.2.3-rc.1'] }, given);

    const puts = registry.seen.filter(({ method }) => method === 'PUT').map(({ path }) => path);
    expect(puts.slice(-2).map((path) => path.split('/').at(-1))).toEqual([
      `${built.digest.replace(':', '-')}.sig`,
      '1.2.3-rc.1',
    ]);
    expect(outputs).toMatchObject({
      reused: 'true',
      signature: expect.stringContaining('/acme/shop@sha256:'),
    });
  });

  it.each([
    ['the registry no longer has it', (host: string) => `${host}/acme/shop`],
    ['it was published under another name', (host: string) => `${host}/acme/other`],
  ])('is built when %s', async (_why, nameOf) => {
    offer(`${nameOf(registry.host)}@${built.digest}`);

    const result = await start({ ...published(), ...evidence }, token);

    expect(result.outputs).toMatchObject({ reused: 'false' });
    expect(docker.builds()).toHaveLength(1);
    expect(deps.core.lines.join('\n')).toMatch(/building/);
  });

  it('is built when nothing is published or no token is given', async () => {
    offer(`${registry.host}/acme/shop@${built.digest}`);

    await start({ ...published(), ...evidence });
    await start({ ...evidence, publish: false }, token);

    expect(docker.builds()).toHaveLength(2);
  });
});
