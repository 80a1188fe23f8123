// Tests of a deployment against doubles of engine and proxy: when they run, what they leave, and how they end it.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type DeployOptions, deploy, type FinishedDeploy, finish, quickTimes } from './deploy.js';
import { type DoubleHost, startDoubleHost } from './doubles.js';

const one = `registry.example:5000/shop@sha256:${'1'.repeat(64)}`;
const two = `registry.example:5000/shop@sha256:${'2'.repeat(64)}`;
const secret = 'very secret value';

describe('the tests of a deployment', () => {
  let host: DoubleHost;
  const run = (
    image: string,
    tests: Readonly<Record<string, object>>,
    options: DeployOptions = {},
  ): Promise<FinishedDeploy> =>
    deploy(host, image, {
      ...options,
      inputs: {
        ...quickTimes,
        engine: host.engineSocket,
        settings: JSON.stringify({ tests }),
        ...options.inputs,
      },
    });
  const testContainers = (): readonly string[] =>
    host.containers.flatMap(({ body, name }) => (body.Entrypoint === undefined ? [] : [name]));
  const created = (): readonly string[] =>
    host.engine.requests.flatMap(({ path, query }) =>
      path.endsWith('/containers/create') ? [query.get('name') ?? ''] : [],
    );

  beforeEach(async () => {
    host = await startDoubleHost();
    host.writeCompose('services: {web: {image: shop, environment: {A: b}}}');
  });
  afterEach(() => host.close());

  it('run in order after the last swap, leave their outcome, and are gone', async () => {
    await run(one, {});

    const { result, core } = await run(two, {
      smoke: { command: ['exit', '0'] },
      deeper: { command: ['exit', '0'] },
    });

    expect(result.failure).toBeUndefined();
    expect(result.entry?.parts.tests).toEqual([
      { name: 'smoke', stage: 'deploy', outcome: 'passed', detail: 'exit code 0' },
      { name: 'deeper', stage: 'deploy', outcome: 'passed', detail: 'exit code 0' },
    ]);
    expect(testContainers()).toEqual([]);
    const kinds = result.entry?.parts.timings?.map(({ step }) => step.replace(/ .*/, ''));
    expect(kinds?.slice(-3)).toEqual(['clean-up', 'test', 'test']);
    expect(core.summary()).toContain('| `smoke` | passed | exit code 0 |');
  });

  it('reach the instances that serve by the service’s name, and those only', async () => {
    await run(one, {});
    await run(two, { smoke: { command: ['exit', '0'] } }, { inputs: { instances: '2' } });

    const create = host.engine.requests.findLast(({ path }) => path.endsWith('/containers/create'));
    const { HostConfig } = JSON.parse(create?.body ?? '') as { HostConfig: { ExtraHosts: string[] } };
    const serving = host.containers.filter(({ state }) => state === 'running');
    expect(serving).toHaveLength(2);
    expect(HostConfig.ExtraHosts).toEqual(
      serving.map(({ id }) => `web:10.0.0.${Number.parseInt(id.slice(0, 2), 16)}`),
    );
  });

  it('fail the step when one fails, run the others, and take nothing back', async () => {
    const { result, core } = await run(one, {
      smoke: { command: ['exit', '7'] },
      deeper: { command: ['exit', '0'] },
    });

    expect(result).toMatchObject({ failure: { code: 'test-failed' }, explained: true });
    expect(result.failure?.message).toContain('smoke (exit code 7)');
    expect(result.outputs).toMatchObject({ outcome: 'deployed', digest: `sha256:${'1'.repeat(64)}` });
    expect(result.entry?.parts.deployments).toEqual([expect.objectContaining({ outcome: 'deployed' })]);
    expect(result.entry?.parts.tests?.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['smoke', 'failed'],
      ['deeper', 'passed'],
    ]);
    expect(host.containers.map(({ state }) => state)).toEqual(['running']);
    expect(core.summary()).toContain('Last log lines of the test smoke');
  });

  it('show the last lines without a secret: in the log where nothing is a command, in summary and record', async () => {
    const { result, core } = await run(
      one,
      { smoke: { command: ['exit', '1'] } },
      { inputs: { 'deploy-secrets': `environment: {TOKEN: "${secret}"}`, 'environment-secrets': 'TOKEN' } },
    );

    const at = core.lines.indexOf('::error::hostile');
    const opened = core.lines.slice(0, at).findLastIndex((line) => line.startsWith('::stop-commands::'));
    const token = core.lines[opened]?.slice('::stop-commands::'.length) ?? '';
    expect(at).toBeGreaterThan(opened);
    expect(opened).toBeGreaterThan(-1);
    expect(core.lines.slice(opened + 1, at)).not.toContain(`::${token}::`);
    const [test] = result.entry?.parts.tests ?? [];
    for (const text of [core.summary(), test?.detail]) {
      expect(text).toContain('TOKEN=***');
      expect(text).toContain('last words');
    }
    expect([...core.lines, core.summary(), JSON.stringify(result)].join('\n')).not.toContain(secret);
  });

  it('show no half of a secret from the end of a log that is cut off', async () => {
    // Begins before the 256 KiB that are read, and ends after the last piece of them.
    const long = 'half-of-it'.repeat(20_000);
    host.log = `first\n${'x'.repeat(180_000)}\n${long}\nlast\n`;

    const { result, core } = await run(
      one,
      { smoke: { command: ['exit', '1'] } },
      { inputs: { 'deploy-secrets': `environment: {TOKEN: "${long}"}` } },
    );

    expect(core.lines).toContain('first');
    const shown = [...core.lines, core.summary(), JSON.stringify(result)];
    expect(shown.filter((text) => text.includes('half-of-it'))).toHaveLength(0);
  });

  it('end at their deadline, and are removed', async () => {
    const { result } = await run(one, { smoke: { command: ['hang'], deadline: '300ms' } });

    expect(result.failure?.code).toBe('test-failed');
    expect(result.entry?.parts.tests?.[0]?.detail).toContain('it did not end within 0.3 s and was removed');
    expect(testContainers()).toEqual([]);
  });

  it('fail when they run out of memory, whatever their exit code', async () => {
    const { result } = await run(one, { smoke: { command: ['oom', '0'] } });

    expect(result.entry?.parts.tests).toMatchObject([{ outcome: 'failed' }]);
    expect(result.entry?.parts.tests?.[0]?.detail).toContain('killed for lack of memory');
  });

  it('run again when nothing was changed: a repeated run is not green without them', async () => {
    await run(one, { smoke: { command: ['exit', '1'] } });

    const { result } = await run(one, { smoke: { command: ['exit', '1'] } });

    expect(result.outputs['outcome']).toBe('unchanged');
    expect(result.failure?.code).toBe('test-failed');
  });

  it('do not run when the version was undone', async () => {
    await run(one, {});
    host.writeCompose('services: {web: {image: shop, environment: {NEVER_HEALTHY: "1"}}}');

    const { result } = await run(two, { smoke: { command: ['exit', '0'] } });

    expect(result.failure?.code).toBe('never-healthy');
    expect(result.entry?.parts.tests).toEqual([]);
    expect(created().filter((name) => name.includes('-test-'))).toEqual([]);
  });

  it('are ended by a cancel, which leaves the new version and no container; the post step tells GitHub', async () => {
    const controller = new AbortController();
    const states: unknown[] = [];
    const running = run(one, { smoke: { command: ['hang'] } }, { signal: controller.signal });
    await eventually(() => testContainers().length === 1 && host.containers.at(-1)?.state === 'running');
    controller.abort();
    const { result, core } = await running;

    expect(result).toMatchObject({ failure: { code: 'cancelled' }, outputs: { outcome: 'deployed' } });
    expect(result.entry?.parts.tests).toMatchObject([{ name: 'smoke', outcome: 'failed' }]);
    expect(host.containers.map(({ body, state }) => [body.Image, state])).toEqual([[one, 'running']]);

    core.saveState('deployment', '42');
    const github = {
      request: async (_: string, parameters: Readonly<Record<string, unknown>> = {}) => {
        states.push(parameters['description']);
        return { status: 201, headers: {}, data: {} as never };
      },
      paginate: () => Promise.resolve([]),
      downloadArtifact: () => Promise.reject(new Error('none')),
      downloadAsset: () => Promise.reject(new Error('none')),
    };
    const connectGitHub = () => Promise.resolve(github);
    await finish(host, core, { connectGitHub, token: 'token', inputs: { engine: host.engineSocket } });
    expect(states).toEqual(['cancelled while the tests ran; the new version serves']);
  });

  /** A run whose test container is still there when it ends. */
  async function abandon(runId: number): Promise<FinishedDeploy> {
    host.keepsContainers = true;
    const lost = await run(one, { smoke: { command: ['hang'], deadline: '1ms' } }, { runId });
    host.keepsContainers = false;
    return lost;
  }

  it('of a killed step are removed by its post step, and those of another run are left alone', async () => {
    await abandon(1001);
    const { core } = await abandon(1000);
    expect(testContainers()).toHaveLength(2);
    core.saveState('tests', 'running');

    await finish(host, core, { runId: 1000, inputs: { engine: host.engineSocket } });

    expect(testContainers()).toHaveLength(1);
    expect(host.containers.filter(({ state, body }) => state === 'running' && !body.Entrypoint)).toHaveLength(
      1,
    );
  });

  it('of a lost run are removed by the next deployment, with a warning', async () => {
    await abandon(1000);

    const { core, result } = await run(one, {}, { runId: 1001 });

    expect(result.failure).toBeUndefined();
    expect(testContainers()).toEqual([]);
    expect(core.annotations.map(({ message }) => message)).toContain(
      '1 test containers of a former run were left and are removed',
    );
  });

  it.each([
    ['refused', 'engine-refused'],
    ['lost', 'engine-unreachable'],
  ])('whose creation is %s fail as %s and leave nothing', async (vice, code) => {
    const { result } = await run(one, { smoke: { command: [vice] } });

    expect(result.failure?.code).toBe(code);
    expect(result.outputs['outcome']).toBe('deployed');
    expect(result.entry?.parts.tests).toMatchObject([{ name: 'smoke', outcome: 'failed' }]);
    expect(testContainers()).toEqual([]);
  });
});

async function eventually(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !condition(); ) {
    if (Date.now() > deadline) throw new Error('waited 10 s in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
