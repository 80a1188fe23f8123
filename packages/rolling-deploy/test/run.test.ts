// The whole action against doubles of the engine, the proxy and GitHub.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GitHub } from '@headgate/kit/github';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lockName } from '../src/identity.js';
import { type DeployOptions, deploy, type FinishedDeploy, finish, quickTimes } from './deploy.js';
import { type DoubleHost, startDoubleHost } from './doubles.js';

const one = `registry.example:5000/shop@sha256:${'1'.repeat(64)}`;
const two = `registry.example:5000/shop@sha256:${'2'.repeat(64)}`;
const password = 'correct horse battery';

describe('a deployment', () => {
  let host: DoubleHost;
  const run = (image: string, options: DeployOptions = {}): Promise<FinishedDeploy> =>
    deploy(host, image, {
      ...options,
      inputs: {
        engine: host.engineSocket,
        ...quickTimes,
        ...options.inputs,
      },
    });
  const inTraffic = (): readonly string[] =>
    [...host.slots.values()].flatMap(({ port, state }) => {
      const serving = host.containers.find(
        ({ body }) => body.HostConfig.PortBindings['3000/tcp']?.[0].HostPort === String(port),
      );
      return state === 'ready' && serving !== undefined ? [serving.body.Image] : [];
    });

  beforeEach(async () => {
    host = await startDoubleHost();
    host.writeCompose('services: {web: {image: shop, restart: always}}');
  });
  afterEach(() => host.close());

  it('takes a network that another target of the project made in the same moment', async () => {
    host.engine.on('GET /v1.43/networks/*', { status: 404, json: { message: 'no such network' } });
    const message = 'network with name shop_default already exists';
    host.engine.on('POST /v1.43/networks/create', { status: 409, json: { message } });

    const { result } = await run(one);

    expect(result.outputs['outcome']).toBe('deployed');
  });

  it('says why a network cannot be made', async () => {
    host.engine.on('GET /v1.43/networks/*', { status: 404, json: {} });
    host.engine.on('POST /v1.43/networks/create', { status: 500, json: { message: 'no address left' } });

    const { result } = await run(one);

    expect(result.failure).toMatchObject({ code: 'engine-refused' });
    expect(String(result.failure?.message)).toContain('no address left');
  });

  it('starts a first version, and reports it', async () => {
    const { result, core } = await run(one, { inputs: { instances: '2' } });

    expect(result.failure).toBeUndefined();
    expect(result.outputs).toEqual({
      'deployment-id': '',
      outcome: 'deployed',
      digest: `sha256:${'1'.repeat(64)}`,
      replaced: '',
      instances: '2',
      hosts: expect.any(String),
    });
    expect(JSON.parse(String(result.outputs['hosts']))).toEqual([
      expect.objectContaining({ host: 'host-1', wave: 1, outcome: 'deployed', instances: 2 }),
    ]);
    expect(result.entry?.parts.deployments).toEqual([
      expect.objectContaining({
        target: 'host-1',
        environment: 'integration',
        service: 'web',
        replaced: null,
        instances: 2,
      }),
    ]);
    expect(result.entry?.parts.timings?.map(({ step }) => step)).toContain('prepare');
    expect(inTraffic()).toEqual([one, one]);
    expect(core.summary()).toContain('2 instances');
  });

  it('replaces a version, keeps the former stopped with no restart, and removes older ones', async () => {
    await run(one);
    await run(two);
    const { result } = await run(one);

    expect(result.outputs).toMatchObject({ outcome: 'deployed', replaced: `sha256:${'2'.repeat(64)}` });
    expect(inTraffic()).toEqual([one]);
    expect(host.containers.map(({ body, state }) => [body.Image, state])).toEqual([
      [two, 'exited'],
      [one, 'running'],
    ]);
    const update = host.engine.requests.findLast(({ path }) => path.endsWith('/update'));
    expect(JSON.parse(update?.body ?? '')).toEqual({ RestartPolicy: { Name: 'no', MaximumRetryCount: 0 } });
  });

  it('changes nothing when the version already runs; a changed variable is another version', async () => {
    await run(one);
    expect((await run(one)).result.outputs['outcome']).toBe('unchanged');
    host.writeCompose('services: {web: {image: shop, environment: {A: b}}}');
    expect((await run(one)).result.outputs['outcome']).toBe('deployed');
  });

  it.each([
    ['NEVER_HEALTHY', 'never-healthy'],
    ['EXITS', 'instance-exited'],
  ])('is undone when the new version has %s', async (vice, code) => {
    await run(one);
    host.writeCompose(`services: {web: {image: shop, environment: {${vice}: "1"}}}`);

    const { result, core } = await run(two);

    expect(result.failure?.code).toBe(code);
    expect(result.outputs).toMatchObject({
      outcome: 'undone',
      digest: `sha256:${'1'.repeat(64)}`,
      instances: '1',
    });
    expect(inTraffic()).toEqual([one]);
    expect(host.containers).toHaveLength(1);
    expect(core.lines).toContain('last words');
  });

  it.each([
    ['{"error":"manifest unknown"}', 'image-not-found'],
    ['{"error":"unauthorized: authentication required"}', 'registry-refused'],
    ['{"error":"toomanyrequests: rate limit"}', 'registry-limit'],
    ['{"error":"no space left on device"}', 'disk-full'],
  ])('leaves everything as it is when a pull says %s', async (line, code) => {
    await run(one);
    host.pullLines = ['{"status":"Pulling"}', line];

    const { result } = await run(two);

    expect(result.failure?.code).toBe(code);
    expect(result.outputs).toMatchObject({ outcome: 'failed', digest: `sha256:${'1'.repeat(64)}` });
    expect(inTraffic()).toEqual([one]);
  });

  it('sends the registry password with the pull alone, and secrets to the container alone', async () => {
    const secrets = `registries: {"registry.example:5000": "${password}"}\nenvironment: {TOKEN: "very secret value"}`;
    const { core, result } = await run(one, {
      inputs: { 'deploy-secrets': secrets, 'registry-username': 'deployer', 'environment-secrets': 'TOKEN' },
    });

    const pull = host.engine.requests.find(({ path }) => path.endsWith('/images/create'));
    const auth = Buffer.from(String(pull?.headers['x-registry-auth']), 'base64url').toString('utf8');
    expect(JSON.parse(auth)).toEqual({
      username: 'deployer',
      password,
      serveraddress: 'registry.example:5000',
    });
    const [container] = host.containers;
    expect(container?.body.Env).toContain('TOKEN=very secret value');
    expect(JSON.stringify(container?.body.Labels)).not.toContain('secret');
    const shown = [...core.lines, core.summary(), JSON.stringify(result)].join('\n');
    expect(shown).not.toContain(password);
    expect(shown).not.toContain('very secret value');
    expect(core.secrets).toEqual(expect.arrayContaining([password, 'very secret value']));
  });

  it('says cause and cure once in the summary, without a secret that the instance printed', async () => {
    host.writeCompose('services: {web: {image: shop, environment: {NEVER_HEALTHY: "1"}}}');

    const { result, core } = await run(two, {
      inputs: {
        'deploy-secrets': 'environment: {TOKEN: "very secret value"}',
        'environment-secrets': 'TOKEN',
      },
    });

    const summary = core.summary();
    expect(result).toMatchObject({ failure: { code: 'never-healthy' }, explained: true });
    expect(summary).toContain('Next: Look at the instance’s last log lines');
    expect(summary).toContain('TOKEN=***');
    expect(summary).toContain('last words');
    expect(summary).not.toContain('very secret value');
  });

  it('takes another port when the first is taken', async () => {
    host.portsTaken = 3;

    const { result } = await run(one);

    expect(result.outputs['outcome']).toBe('deployed');
    expect(host.containers).toHaveLength(1);
    expect(
      host.engine.requests.filter(({ path }) => path.endsWith('/create') && path.includes('containers')),
    ).toHaveLength(4);
  });

  it('refuses to act while another run holds the lock, and takes over its own', async () => {
    const name = lockName({
      application: 'shop',
      environment: 'integration',
      target: 'host-1',
      service: 'web',
      proxy: `${host.proxySocket}#web`,
    });
    const lock = join(host.folder, 'locks', name);
    mkdirSync(join(host.folder, 'locks'));
    const held = (owner: string): void =>
      writeFileSync(
        lock,
        JSON.stringify({
          owner,
          url: 'https://github.com/acme/shop/actions/runs/7',
          expiresAt: Date.now() + 60_000,
        }),
      );

    held('acme/shop#7');
    await expect(run(one)).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringContaining('/runs/7'),
    });
    expect(host.containers).toEqual([]);

    held('acme/shop#1000');
    expect((await run(one)).result.outputs['outcome']).toBe('deployed');
  });

  it('cleans up after a lost run: a half-started container goes, a slot that leads nowhere too', async () => {
    await run(one);
    const web2 = host.slots.get('web2');
    if (web2 !== undefined) Object.assign(web2, { port: 1, state: 'ready' });

    const { core } = await run(two);

    expect(core.annotations.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('slot web2 leads to 127.0.0.1:1'),
    );
    expect(inTraffic()).toEqual([two]);
  });

  it('tells GitHub, and goes on when GitHub is away', async () => {
    const requests: [string, Readonly<Record<string, unknown>>][] = [];
    const github = githubDouble(requests);
    const first = await run(one, {
      connectGitHub: () => Promise.resolve(github),
      inputs: { 'github-token': 'token', 'environment-url': 'https://shop.example' },
    });

    expect(first.result.outputs['deployment-id']).toBe('42');
    expect(requests[0]).toEqual([
      'POST /repos/{owner}/{repo}/deployments',
      expect.objectContaining({ required_contexts: [], auto_merge: false, environment: 'integration' }),
    ]);
    const told = requests.filter(([route]) => route.startsWith('POST')).slice(1);
    expect(told.map(([, { state }]) => state)).toEqual(['queued', 'in_progress', 'success']);
    expect(told.at(-1)?.[1]).toMatchObject({ environment_url: 'https://shop.example' });

    const alone = await run(two, {
      connectGitHub: () => Promise.reject(new Error('503')),
      inputs: { 'github-token': 'token' },
    });
    expect(alone.result.outputs['outcome']).toBe('deployed');
    expect(alone.core.annotations.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('the roll-out goes on: 503'),
    );
  });

  it('tells GitHub the end of a deployment that was cancelled before anything was changed', async () => {
    const requests: [string, Readonly<Record<string, unknown>>][] = [];
    const controller = new AbortController();
    const github = githubDouble(requests);
    const cancelled = await run(one, {
      signal: controller.signal,
      // A cancelled step can no longer send anything.
      connectGitHub: () =>
        controller.signal.aborted ? Promise.reject(new Error('aborted')) : Promise.resolve(github),
      inputs: { 'github-token': 'token' },
      onLine: (line) => {
        if (line.startsWith('done read')) controller.abort();
      },
    });

    expect(cancelled.result).toMatchObject({
      failure: { code: 'cancelled' },
      outputs: { outcome: 'failed' },
    });
    expect(requests.map(([, { state }]) => state)).toEqual([undefined, 'queued', 'in_progress']);
    expect(cancelled.core.states.get('hand') ?? '').toBe('');

    await finish(host, cancelled.core, { connectGitHub: () => Promise.resolve(github), token: 'token' });

    expect(requests.at(-1)?.[1]).toMatchObject({
      deployment_id: 42,
      state: 'failure',
      description: 'cancelled before anything was changed',
    });
    expect(host.containers).toEqual([]);
  });

  it('leaves the post step nothing to tell once GitHub knows the end', async () => {
    const requests: [string, Readonly<Record<string, unknown>>][] = [];
    const connectGitHub = (): Promise<GitHub> => Promise.resolve(githubDouble(requests));
    const { core } = await run(one, { connectGitHub, inputs: { 'github-token': 'token' } });

    expect(core.states.get('deployment')).toBe('');
    expect(core.states.get('hand')).toBe('');
  });

  it('carries the outcome `failed` when it is refused, for whoever reads the output', async () => {
    await expect(run(one, { inputs: { service: 'api' } })).rejects.toMatchObject({
      outputs: { outcome: 'failed' },
    });
  });

  it('calls its leg as it was told, in the timings too', async () => {
    const { result } = await run(one, { inputs: { settings: '{"leg":"blue"}' } });

    expect(new Set(result.entry?.parts.timings?.map(({ leg }) => leg))).toEqual(new Set(['blue']));
  });

  it.each([
    [{ image: 'registry.example/shop:latest' }, 'image-without-digest'],
    [{ 'compose-file': '../outside.yaml' }, 'invalid-input'],
    [{ 'compose-file': 'gone.yaml' }, 'invalid-input'],
    [{ service: 'api' }, 'invalid-compose'],
    [{ 'proxy-backend': 'web;disable' }, 'invalid-input'],
    [{ 'environment-secrets': 'TOKEN' }, 'secrets-missing'],
    [{ 'proxy-socket': '/nowhere/at.sock' }, 'proxy-unreachable'],
    [{ 'proxy-backend': 'other' }, 'proxy-refused'],
    [{ engine: '/nowhere/docker.sock', 'engine-deadline': '100ms' }, 'engine-unreachable'],
    [{ 'lock-directory': '/proc/locks' }, 'lock-unusable'],
  ])('refuses %j as %s before anything is changed', async (inputs, code) => {
    await expect(run(one, { inputs })).rejects.toMatchObject({ code });
    expect(host.containers).toEqual([]);
  });
});

function githubDouble(requests: [string, Readonly<Record<string, unknown>>][]): GitHub {
  return {
    request: async <T>(route: string, parameters = {}) => {
      requests.push([route, parameters]);
      return { status: 201, headers: {}, data: { id: 42 } as T };
    },
    paginate: () => Promise.resolve([]),
    downloadArtifact: () => Promise.reject(new Error('no artifact here')),
    downloadAsset: () => Promise.reject(new Error('no file here')),
  };
}
