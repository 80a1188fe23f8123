// The gate over the bytes that ship, as a whole step: nothing of an image that fails it reaches the registry.
import { readFileSync } from 'node:fs';
import { makeLayout } from '@headgate/image/testing/layouts';
import { file, type TarPart } from '@headgate/image/testing/tar';
import type { ActionResult } from '@headgate/kit/action';
import { createHttp } from '@headgate/kit/http';
import { createInputReader } from '@headgate/kit/inputs';
import { createTestCore } from '@headgate/kit/testing/core';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { createTestGitHub, type TestGitHub } from '@headgate/kit/testing/github';
import { type RegistryDouble, startRegistry } from '@headgate/kit/testing/registry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inputSpecs, readInputs } from '../src/inputs.js';
import { run } from '../src/run.js';
import { makeFakeDocker } from './fake-docker.js';

const dockerfile = ['FROM scratch', 'COPY app.js /app.js', 'COPY late /late', 'USER 1000', ''].join('\n');
const history = [
  { created_by: 'COPY app.js /app.js # buildkit' },
  { created_by: 'COPY late /late # buildkit' },
  { created_by: 'USER 1000', empty_layer: true },
];
const secret = 'npm_T0kenOfTheBuild4711';
const whiteout: TarPart = file('.wh..npmrc', '');

let repository: TestRepository;
let registry: RegistryDouble;
let github: TestGitHub;
let deps: TestDeps;

beforeEach(async () => {
  repository = createTestRepository();
  repository.commit('start', { Dockerfile: dockerfile });
  registry = await startRegistry();
  github = createTestGitHub();
});

afterEach(async () => {
  repository.remove();
  await registry.close();
});

interface Shipped {
  readonly layers: readonly (readonly TarPart[])[];
  readonly config?: object;
}

/** Builds what ships and publishes it, if the gate lets it. */
function publish(
  { layers, config = {} }: Shipped,
  settings: Readonly<Record<string, unknown>> = {},
  event: Readonly<Record<string, unknown>> = {},
): Promise<ActionResult> {
  const made = makeLayout();
  const image = made.image(
    layers.map((parts) => made.tarLayer(parts, 'gzip')),
    { os: 'linux', architecture: 'amd64' },
    { history: history.slice(0, layers.length), config: { User: '1000', ...config } },
  );
  const docker = makeFakeDocker({ layout: made.finish(image) });
  const core = createTestCore({
    'build-secrets': JSON.stringify({ build: { NPM_TOKEN: secret } }),
    'github-token': 'token',
    settings: JSON.stringify({
      leg: 'shop',
      image: `${registry.host}/acme/shop`,
      publish: true,
      tags: ['1.0.0'],
      ...settings,
    }),
  });
  deps = createTestDeps({
    core,
    run: docker.run,
    start: docker.start,
    http: createHttp(),
    connectGitHub: github.connect,
    context: createTestContext({ workspace: repository.directory, event }),
  });
  return run(readInputs(createInputReader(inputSpecs, core)), deps);
}

const app = [file('app.js', 'console.log(1)')];
const everythingSaid = (result: ActionResult): string =>
  [JSON.stringify(result), result.failure?.message, deps.core.summary(), ...deps.core.lines].join('\n');

describe('the gate over what ships', () => {
  it('lets a good image pass, and says what it weighs', async () => {
    const result = await publish({ layers: [app] });

    expect(result.failure).toBeUndefined();
    expect(result.outputs['verdict']).toBe('pass');
    expect(registry.tags()).toEqual(['1.0.0']);
    expect(result.entry?.parts.images).toMatchObject([
      { verdict: 'pass', platforms: [{ digest: result.outputs['digest'], platform: 'linux/amd64' }] },
    ]);
    const report = JSON.parse(readFileSync(String(result.outputs['report']), 'utf8'));
    expect(report).toMatchObject({
      verdict: 'pass',
      dockerfile: 'Dockerfile',
      platforms: [{ platform: 'linux/amd64', layers: [{ line: 2, base: false }] }],
    });
    expect(JSON.parse(readFileSync(String(result.outputs['sarif']), 'utf8'))).toMatchObject({
      version: '2.1.0',
    });
  });

  it.each<readonly [string, Shipped]>([
    ['in a file', { layers: [[file('app.js', `const t = '${secret}'`)]] }],
    ['in a file that is deleted later', { layers: [[file('.npmrc', `token=${secret}`)], [whiteout]] }],
    ['in base64', { layers: [[file('a', `Basic ${Buffer.from(`x:${secret}`).toString('base64')}`)]] }],
    ['in the environment', { layers: [app], config: { Env: [`T=${secret}`] } }],
    ['in a label', { layers: [app], config: { Labels: { note: secret } } }],
  ])('publishes nothing when a secret of the step is %s, and never prints it', async (_, shipped) => {
    const result = await publish(shipped, { policy: 'off' });

    expect(result.failure).toMatchObject({ code: 'secret-in-image' });
    expect(result.outputs['verdict']).toBe('fail');
    expect(registry.tags()).toEqual([]);
    expect(registry.manifests.size).toBe(0);
    expect(result.failure?.message).toContain('NPM_TOKEN');
    expect(everythingSaid(result)).not.toContain(secret);
    expect(readFileSync(String(result.outputs['report']), 'utf8')).not.toContain(secret);
  });

  it('names file and line of a secret that a later layer deletes', async () => {
    const result = await publish({ layers: [[file('.npmrc', `token=${secret}`)], [whiteout]] });

    expect(result.failure).toMatchObject({ place: { file: 'Dockerfile', line: 2 } });
    expect(result.failure?.message).toMatch(/\.npmrc/);
  });

  it('refuses what the policy forbids, unless it is allowed with a reason', async () => {
    const shipped = { layers: [app, [file('app/.git/config', '[core]')]] };

    const refused = await publish(shipped);
    expect(refused.failure).toMatchObject({
      code: 'policy-failed',
      message: expect.stringContaining('app/.git'),
      place: { file: 'Dockerfile', line: 3 },
    });
    expect(registry.manifests.size).toBe(0);

    const allow = [{ path: 'app/.git', reason: 'the service shows its history' }];
    const allowed = await publish(shipped, { policy: { allow } });
    expect(allowed.failure).toBeUndefined();
    expect(registry.tags()).toEqual(['1.0.0']);
  });

  it('warns of what is no error, and publishes', async () => {
    const result = await publish({ layers: [app], config: { User: '' } });

    expect(result.outputs['verdict']).toBe('warn');
    expect(JSON.stringify(deps.core.annotations)).toContain('root');
    expect(registry.tags()).toEqual(['1.0.0']);
  });

  it('holds an image against its budget', async () => {
    const result = await publish({ layers: [app] }, { budgets: { layers: 0 } });

    expect(result.failure).toMatchObject({ code: 'policy-failed' });
    expect(registry.manifests.size).toBe(0);
  });

  it('measures growth against the tag it is told, and is neutral where there is none', async () => {
    const budgets = { growth: { fail: '10B' } };
    const first = await publish(
      { layers: [app] },
      { budgets, baseline: 'develop', 'moving-tags': ['develop'] },
    );
    expect(first.failure).toBeUndefined();
    expect(deps.core.summary()).toContain('develop does not exist');

    const noise = Buffer.from(Array.from({ length: 400 }, (_, at) => (at * 7919) % 251));
    const grown = await publish(
      { layers: [app, [file('late', noise)]] },
      { budgets, baseline: 'develop', tags: ['1.0.1'] },
    );
    expect(grown.failure).toMatchObject({ code: 'policy-failed' });
    expect(registry.tags()).toEqual(['1.0.0', 'develop']);
  });

  it('keeps one comment on the pull request', async () => {
    const bodies: unknown[] = [];
    github.on('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', []);
    github.on('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', ({ body }: { body?: unknown }) => {
      bodies.push(body);
      return { id: 1 };
    });

    await publish({ layers: [app] }, { 'report-comment': true }, { pull_request: { number: 7 } });

    expect(bodies).toEqual([expect.stringContaining('headgate-image shop')]);
  });
});
