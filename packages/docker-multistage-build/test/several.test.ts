// Several images from one Dockerfile in one step: each with its own name and tags, none published before all are built.
import { readFileSync } from 'node:fs';
import { makeLayout } from '@headgate/image/testing/layouts';
import type { ActionResult } from '@headgate/kit/action';
import { createHttp } from '@headgate/kit/http';
import { createInputReader } from '@headgate/kit/inputs';
import { imageArtifactName } from '@headgate/kit/record-names';
import { createTestCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { createTestGitHub, type TestGitHub } from '@headgate/kit/testing/github';
import { type RegistryDouble, startRegistry } from '@headgate/kit/testing/registry';
import { loadYaml } from '@headgate/kit/yaml-loader';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Inputs, inputSpecs, readInputs } from '../src/inputs.js';
import { run } from '../src/run.js';
import { type DockerScript, type FakeDocker, makeFakeDocker } from './fake-docker.js';

const made = makeLayout();
const built = made.image([made.fileLayer('gzip', 5000)], { os: 'linux', architecture: 'amd64' });
const layout = made.finish(built);

beforeAll(loadYaml);

function read(given: Readonly<Record<string, string>>): Inputs {
  return readInputs(createInputReader(inputSpecs, createTestCore(given)));
}

describe('targets', () => {
  it.each<[string, string]>([
    ['a map', 'web: {image: ghcr.io/acme/web}\nworker: {target: jobs, image: ghcr.io/acme/worker}'],
    [
      'a list',
      '[{target: web, image: ghcr.io/acme/web}, {name: worker, target: jobs, image: ghcr.io/acme/worker}]',
    ],
  ])('are %s, each with what is its own', (_what, targets) => {
    const inputs = read({ targets, push: 'true', tags: '1.4.0', 'build-args': 'A=1' });

    expect(
      inputs.targets.map(({ name, target, image, tags, publish }) => [
        name,
        target,
        image?.name,
        tags,
        publish,
      ]),
    ).toEqual([
      ['web', 'web', 'ghcr.io/acme/web', ['1.4.0'], true],
      ['worker', 'jobs', 'ghcr.io/acme/worker', ['1.4.0'], true],
    ]);
    expect(inputs.targets[0]?.buildArgs).toEqual(new Map([['A', '1']]));
  });

  it('may have tags, arguments, labels and platforms of their own', () => {
    const targets = 'web: {tags: [2.0.0], build-args: {B: "2"}, labels: {c: d}, platforms: [linux/arm64]}';
    const [web] = read({ targets, tags: '1.4.0', 'build-args': 'A=1', platforms: 'linux/amd64' }).targets;

    expect(web).toMatchObject({ tags: ['2.0.0'], platforms: ['linux/arm64'], labels: new Map([['c', 'd']]) });
    expect(web?.buildArgs).toEqual(
      new Map([
        ['A', '1'],
        ['B', '2'],
      ]),
    );
  });

  it.each<[Record<string, string>, RegExp]>([
    [{ targets: 'web' }, /a map or a list/],
    [{ targets: '[{image: ghcr.io/acme/web}]' }, /neither a name nor a target/],
    [{ targets: '[web, {name: WEB, target: x}]' }, /web stands twice/],
    [{ targets: 'web: {contxt: .}' }, /web: settings: the key "contxt"/],
    [{ targets: 'web: {tags: [a b]}' }, /web: tags: "a b"/],
    [{ targets: 'web: {}', push: 'true' }, /web: image: it is to be published/],
    [{ targets: 'web: {}', target: 'x' }, /beside target/],
    [{ targets: 'web: {}', image: 'ghcr.io/acme/shop' }, /beside image/],
    [{ targets: '"../x": {}' }, /is not a name/],
    [{ targets: 'web: {image-key: abc}' }, /web: image-key: expected 64 hex digits/],
    [{ targets: 'web: {}', 'image-key': 'b'.repeat(64) }, /beside image-key/],
    [
      { targets: 'web: {build-args: {M: s3cret-value}}', 'build-secrets': '{build: {T: s3cret-value}}' },
      /build-args: M holds a secret/,
    ],
  ])('refuses %j', (given, message) => {
    expect(() => read(given)).toThrow(message);
  });
});

describe('several images', () => {
  let repository: TestRepository;
  let registry: RegistryDouble;
  let docker: FakeDocker;
  let deps: TestDeps;
  let github: TestGitHub;

  beforeEach(async () => {
    github = createTestGitHub();
    repository = createTestRepository();
    repository.commit('start', { Dockerfile: 'FROM a AS test\nFROM a AS web\nFROM a AS jobs\n' });
    registry = await startRegistry();
  });

  afterEach(async () => {
    repository.remove();
    await registry.close();
  });

  function start(
    script: DockerScript,
    settings: Readonly<Record<string, unknown>> = {},
  ): Promise<ActionResult> {
    docker = makeFakeDocker({ layout, ...script });
    const context = createTestContext({ workspace: repository.directory, ref: 'refs/heads/develop' });
    const made = { run: docker.run, start: docker.start, http: createHttp(), context };
    deps = createTestDeps({ ...made, connectGitHub: github.connect });
    const targets = {
      web: { image: `${registry.host}/acme/web` },
      worker: { target: 'jobs', image: `${registry.host}/acme/worker`, tags: ['w-1'] },
    };
    const all = { leg: 'shop', targets, 'test-targets': ['test'], tags: ['1.4.0'], push: true, ...settings };
    return run(
      readInputs(createInputReader(inputSpecs, createTestCore({ settings: JSON.stringify(all) }))),
      deps,
    );
  }

  const built2 = (): readonly unknown[] =>
    docker.builds().map(({ args }) => args.find((arg) => arg.startsWith('--target=')));

  it('share gates and builder, and each is described in outputs and entry', async () => {
    const result = await start({});

    expect(built2()).toEqual(['--target=test', '--target=web', '--target=jobs']);
    expect(JSON.parse(String(result.outputs['images']))).toMatchObject({
      web: {
        digest: built.digest,
        'image-ref': `${registry.host}/acme/web@${built.digest}`,
        tags: ['1.4.0'],
      },
      worker: {
        tags: ['w-1'],
        'platform-digests': { 'linux/amd64': built.digest },
        verdict: 'warn',
        report: expect.stringMatching(/headgate-image-worker\.json$/),
      },
    });
    expect(result.outputs['verdict']).toBe('warn');
    expect(result.entry?.parts.images?.map(({ name, tags }) => [name, tags])).toEqual([
      ['web', ['1.4.0']],
      ['worker', ['w-1']],
    ]);
    expect(registry.tags()).toEqual(['1.4.0', 'w-1']);
  });

  it('publish nothing when the last of them cannot be built', async () => {
    const result = await start({ builds: { jobs: { code: 1 } } });

    expect(result.failure).toMatchObject({
      code: 'build-failed',
      message: expect.stringContaining('worker'),
    });
    expect(registry.seen).toEqual([]);
  });

  it('are refused before any build when one names a stage that is not there', async () => {
    await expect(start({}, { targets: { web: {}, worker: {} }, push: false })).rejects.toMatchObject({
      code: 'target-missing',
      message: expect.stringContaining('targets: Dockerfile has no stage "worker"'),
    });
    expect(docker.builds()).toEqual([]);
  });

  it('are each named in a dry run, with the gates once', async () => {
    const { outputs } = await start({}, { 'dry-run': true });

    const plan = JSON.parse(String(outputs['plan'])) as {
      commands: string[][];
      tags: { reference: string }[];
    };
    expect(plan.commands.map((argv) => argv.find((arg) => arg.startsWith('--target=')))).toEqual([
      '--target=test',
      '--target=web',
      '--target=jobs',
    ]);
    expect(plan.tags.map(({ reference }) => reference)).toEqual([
      `${registry.host}/acme/web:1.4.0`,
      `${registry.host}/acme/worker:w-1`,
    ]);
  });

  describe('of which an earlier run made some', () => {
    const keys = { web: 'b'.repeat(64), worker: 'c'.repeat(64) };

    /** The registry has these already, and trusted runs have left evidence of them. */
    async function offer(...names: readonly (keyof typeof keys)[]): Promise<void> {
      await start({}, { tags: ['1.3.0'] });
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
        referenced_workflows: [
          { path: 'acme/shop/.github/workflows/git-flow.yml@refs/heads/develop', sha: 'c'.repeat(40) },
        ],
      });
      const workflow_run = { id: 900, head_branch: 'develop' };
      github.on(
        'GET /repos/{owner}/{repo}/actions/artifacts',
        ({ name }: Readonly<Record<string, unknown>>) => ({
          artifacts: names.flatMap((one, index) =>
            name === imageArtifactName(keys[one]) ? [{ id: index + 1, expired: false, workflow_run }] : [],
          ),
        }),
      );
      github.on(
        'GET /repos/{owner}/{repo}/actions/runs/{run_id}',
        ({ run_id: id }: Readonly<Record<string, unknown>>) => runOf(Number(id)),
      );
      github.on('GET /repos/{owner}/{repo}/rules/branches/{branch}', [{ type: 'pull_request' }]);
      for (const [index, name] of names.entries()) {
        const image = {
          name,
          digest: built.digest,
          reference: `${registry.host}/acme/${name}@${built.digest}`,
          tags: ['1.3.0'],
          key: keys[name],
          platforms: [{ platform: 'linux/amd64', compressed: 30, uncompressed: 5000 }],
          reusedFrom: null,
        };
        github.addArtifact(index + 1, Buffer.from(JSON.stringify(image)));
      }
    }

    const again = (script: DockerScript = {}): Promise<ActionResult> =>
      start(script, {
        targets: {
          web: { image: `${registry.host}/acme/web`, 'image-key': keys.web },
          worker: {
            target: 'jobs',
            image: `${registry.host}/acme/worker`,
            tags: ['w-2'],
            'image-key': keys.worker,
          },
        },
        'github-token': 'token for tests',
      });

    it('build the others only, and leave evidence of each', async () => {
      await offer('web');

      const result = await again();

      expect(built2()).toEqual(['--target=test', '--target=jobs']);
      const images = JSON.parse(String(result.outputs['images'])) as { worker: { 'evidence-file': string } };
      expect(images).toMatchObject({
        web: { reused: true, digest: built.digest, tags: ['1.4.0'], 'image-key': keys.web },
        worker: { reused: false, tags: ['w-2'], 'evidence-name': imageArtifactName(keys.worker) },
      });
      expect(result.entry?.parts.images?.map(({ reusedFrom }) => reusedFrom)).toEqual([
        'https://github.com/acme/shop/actions/runs/900',
        null,
      ]);
      const evidence: unknown = JSON.parse(readFileSync(images.worker['evidence-file'], 'utf8'));
      expect(evidence).toMatchObject({ key: keys.worker, digest: built.digest });
    });

    it('build nothing, and run no gate, when all are there', async () => {
      await offer('web', 'worker');

      const result = await again();

      expect(built2()).toEqual([]);
      expect(registry.tags()).toEqual(['1.3.0', '1.4.0', 'w-1', 'w-2']);
      expect(result.outputs['verdict']).toBe('');
    });

    it('tag none of them when another cannot be built', async () => {
      await offer('web');

      const result = await again({ builds: { jobs: { code: 1 } } });

      expect(result.failure).toMatchObject({ code: 'build-failed' });
      expect(registry.tags()).toEqual(['1.3.0', 'w-1']);
    });
  });
});
