// What GitHub is told of a deployment: states, class of the failure, payload, the former one inactive; and GitHub away.
import { createFakeClock } from '@headgate/kit/testing/clock';
import { createTestGitHub, type TestGitHub } from '@headgate/kit/testing/github';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openDeployment, shorten } from '../src/github-deployment.js';
import { retireFormer } from '../src/github-former.js';
import { type DeployOptions, deploy, type FinishedDeploy, quickTimes } from './deploy.js';
import { type DoubleHost, startDoubleHost } from './doubles.js';

const deployments = '/repos/{owner}/{repo}/deployments';
const statuses = `${deployments}/{deployment_id}/statuses`;
const digest = `sha256:${'1'.repeat(64)}`;
const image = `registry.example:5000/shop@${digest}`;
type Parameters = Readonly<Record<string, unknown>>;

describe('a deployment on GitHub', () => {
  let host: DoubleHost;
  let github: TestGitHub;
  const run = (inputs: DeployOptions['inputs'] = {}): Promise<FinishedDeploy> =>
    deploy(host, image, {
      connectGitHub: github.connect,
      inputs: {
        engine: host.engineSocket,
        ...quickTimes,
        'github-token': 'token',
        'environment-url': 'https://shop.example',
        ...inputs,
      },
    });
  const told = (): readonly Parameters[] =>
    github.calls.filter(({ route }) => route === `POST ${statuses}`).map(({ parameters }) => parameters);

  beforeEach(async () => {
    host = await startDoubleHost();
    host.writeCompose('services: {web: {image: shop}}');
    github = createTestGitHub();
    github.on(`POST ${deployments}`, { id: 42 });
    github.on(`POST ${statuses}`, {});
    github.on(`GET ${deployments}`, []);
  });
  afterEach(() => host.close());

  it('is queued, in progress and successful, with log and address, and retires no other by itself', async () => {
    await run();

    expect(told().map(({ state }) => state)).toEqual(['queued', 'in_progress', 'success']);
    for (const status of told()) {
      expect(status).toMatchObject({
        log_url: 'https://github.com/acme/shop/actions/runs/1000',
        environment_url: 'https://shop.example',
        auto_inactive: false,
      });
    }
  });

  it('names in its payload what is released, and holds no secret', async () => {
    await run({
      'deploy-secrets': 'environment: {TOKEN: "very secret value"}',
      'environment-secrets': 'TOKEN',
    });

    const { payload } = github.calls[0]?.parameters ?? {};
    expect(payload).toEqual({
      target: 'host-1',
      service: 'web',
      version: null,
      image,
      digest,
      record: null,
      configuration: null,
      run: 'https://github.com/acme/shop/actions/runs/1000',
      attempt: 1,
    });
    expect(JSON.stringify(github.calls)).not.toContain('very secret value');
  });

  it.each([
    ['never-healthy', 'NEVER_HEALTHY', {}],
    ['instance-exited', 'EXITS', {}],
    ['proxy-unreachable', 'NONE', { 'proxy-socket': '/nowhere/at.sock' }],
    ['engine-unreachable', 'NONE', { engine: '/nowhere/docker.sock', 'engine-deadline': '100ms' }],
    [
      'hook-failed',
      'NONE',
      { hooks: JSON.stringify({ 'after-start': [{ name: 'a'.repeat(60), command: ['exit', '1'] }] }) },
    ],
  ])('that fails begins its description with %s, in 140 characters', async (code, vice, inputs) => {
    host.writeCompose(`services: {web: {image: shop, environment: {${vice}: "1"}}}`);

    await run(inputs).catch(() => undefined);

    const last = told().at(-1);
    expect(last).toMatchObject({ state: 'failure', description: expect.stringMatching(`^${code}: `) });
    expect(String(last?.['description']).length).toBeLessThanOrEqual(140);
  });

  it('makes the former one of this service on this target inactive, and no other', async () => {
    const ours = { target: 'host-1', service: 'web' };
    github.on(`GET ${deployments}`, [
      { id: 42, payload: ours },
      { id: 41, payload: { target: 'host-2', service: 'web' } },
      { id: 40, payload: ours },
      { id: 39, payload: JSON.stringify(ours) },
      { id: 38, payload: ours },
      { id: 37, payload: '{' },
    ]);
    github.on(`GET ${statuses}`, ({ deployment_id: id }: Parameters) => [
      { state: id === 40 ? 'failure' : 'success' },
    ]);

    await run();

    expect(told().map(({ deployment_id, state }) => [deployment_id, state])).toEqual([
      [42, 'queued'],
      [42, 'in_progress'],
      [42, 'success'],
      [39, 'inactive'],
    ]);
  });

  it('leaves the former one active when it is undone', async () => {
    await run();
    const before = told().length;
    github.on(`GET ${deployments}`, () => {
      throw new Error('nobody should ask');
    });
    host.writeCompose('services: {web: {image: shop, environment: {NEVER_HEALTHY: "1"}}}');

    await run();

    expect(
      told()
        .slice(before)
        .map(({ state }) => state),
    ).toEqual(['queued', 'in_progress', 'failure']);
  });

  it.each([
    ['fails', () => Promise.reject(new Error('502'))],
    ['is forbidden', () => Promise.reject(new Error('Resource not accessible by integration'))],
  ])('goes on and says so when GitHub %s', async (_, connectGitHub) => {
    const { result, core } = await deploy(host, image, {
      connectGitHub,
      inputs: { engine: host.engineSocket, settle: '1ms', 'drain-deadline': '0s', 'github-token': 'token' },
    });

    expect(result.outputs).toMatchObject({ outcome: 'deployed', 'deployment-id': '' });
    expect(core.annotations.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('the roll-out goes on'),
    );
  });
});

describe('a GitHub that is lost on the way', () => {
  it('is warned of, and neither stops the deployment nor hides its id', async () => {
    const host = await startDoubleHost();
    host.writeCompose('services: {web: {image: shop}}');
    const github = createTestGitHub();
    github.on(`POST ${deployments}`, { id: 42 });
    github.on(`POST ${statuses}`, ({ state }: Parameters) => {
      if (state !== 'queued') throw new Error('503');
      return {};
    });
    github.on(`GET ${deployments}`, () => {
      throw new Error('503');
    });

    const { result, core } = await deploy(host, image, {
      connectGitHub: github.connect,
      inputs: { engine: host.engineSocket, settle: '1ms', 'drain-deadline': '0s', 'github-token': 'token' },
    });
    await host.close();

    expect(result.failure).toBeUndefined();
    expect(result.outputs).toMatchObject({ outcome: 'deployed', 'deployment-id': '42' });
    expect(core.annotations.map(({ message }) => message)).toEqual([
      expect.stringContaining('could not report the deployment as in_progress, the roll-out goes on: '),
      expect.stringContaining('could not report the deployment as success, the roll-out goes on: '),
      expect.stringContaining('could not mark the former deployment as inactive, the roll-out goes on: '),
    ]);
  });
});

describe('a GitHub that does not answer', () => {
  it('is waited for no longer than it takes to notice', async () => {
    const clock = createFakeClock();
    const warnings: string[] = [];
    const never = { connectGitHub: () => new Promise<never>(() => undefined), clock, token: 't' };
    const deps = { ...never, warn: (message: string) => warnings.push(message) };
    const request = { environment: 'e', ref: 'r', payload: {}, logUrl: '', environmentUrl: '' };

    const { id } = await openDeployment(request, deps);
    await retireFormer({ environment: 'e', id: '42', target: 't', service: 's' }, deps);

    expect(id).toBe('');
    expect(clock.sleeps.every((ms) => ms <= 15_000)).toBe(true);
    expect(warnings).toHaveLength(2);
    expect(warnings.at(-1)).toContain('no answer within 15 s');
  });
});

it('keeps every description in 140 characters, its beginning whole', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 500 }), (words) => {
      const line = shorten(`out-of-memory: ${words}`);

      expect(line.length).toBeLessThanOrEqual(140);
      expect(line).toMatch(/^out-of-memory:/);
    }),
  );
});
