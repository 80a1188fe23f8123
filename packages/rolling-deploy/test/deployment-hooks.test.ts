// Hooks of a deployment against doubles of engine and proxy: what they get, what of them is told, how they end.
import { createHttp } from '@headgate/kit/http';
import { startTestServer, type TestServer } from '@headgate/kit/testing/http-server';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type DeployOptions, deploy, type FinishedDeploy, finish, quickTimes } from './deploy.js';
import { type DoubleHost, startDoubleHost } from './doubles.js';

const one = `registry.example:5000/shop@sha256:${'1'.repeat(64)}`;
const two = `registry.example:5000/shop@sha256:${'2'.repeat(64)}`;
const secret = 'very secret value';
const withSecret = { 'deploy-secrets': `environment: {TOKEN: "${secret}"}`, 'environment-secrets': 'TOKEN' };

describe('the hooks of a deployment', () => {
  let host: DoubleHost;
  let outside: TestServer;
  const run = (image: string, hooks: object, options: DeployOptions = {}): Promise<FinishedDeploy> =>
    deploy(host, image, {
      http: createHttp(),
      ...options,
      inputs: {
        ...quickTimes,
        engine: host.engineSocket,
        settings: JSON.stringify({ hooks }),
        ...options.inputs,
      },
    });
  const oneOffs = (): readonly string[] =>
    host.containers.flatMap(({ body, name }) => (body.Entrypoint === undefined ? [] : [name]));
  const serving = (): readonly string[] =>
    host.containers.flatMap(({ body, state }) => (state === 'running' ? [body.Image] : []));

  beforeEach(async () => {
    host = await startDoubleHost();
    outside = await startTestServer();
    host.writeCompose('services: {web: {image: shop, environment: {A: b}}}');
  });
  afterEach(async () => {
    await host.close();
    await outside.close();
  });

  it('run in the new instance, and leave their outcome in steps, summary and record', async () => {
    await run(one, {});

    const { result, core } = await run(two, {
      'after-start': [{ name: 'warm', command: ['exit', '0'] }],
      'test-traffic': [{ name: 'smoke', http: { path: '/status/204' } }],
    });

    expect(result.failure).toBeUndefined();
    expect(result.entry?.parts.tests).toEqual([
      { name: 'after-start/warm', stage: 'deploy', outcome: 'passed', detail: 'exit code 0' },
      { name: 'test-traffic/smoke', stage: 'deploy', outcome: 'passed', detail: '204' },
    ]);
    expect(host.execs.all).toMatchObject([
      {
        container: expect.stringContaining(
          host.containers.find(({ body }) => body.Image === two)?.name ?? '?',
        ),
      },
    ]);
    const steps = result.entry?.parts.timings?.map(({ step }) => step) ?? [];
    const places = ['hook after-start/warm', 'hook test-traffic/smoke'].map((step) => steps.indexOf(step));
    const [admit] = steps.flatMap((step, index) => (step.startsWith('admit') ? [index] : []));
    expect(places).toEqual([(admit ?? 0) - 2, (admit ?? 0) - 1]);
    expect(core.summary()).toContain('| `after-start/warm` | passed | exit code 0 |');
  });

  it('know image, versions and place, and no secret but the container’s own', async () => {
    await run(one, {});
    await run(two, { 'after-start': [{ command: ['exit', '0'] }] }, { inputs: withSecret });

    const [{ environment = [] } = {}] = host.execs.all;
    const facts = Object.fromEntries(environment.map((pair) => pair.split(/=(.*)/s)));
    expect(facts).toMatchObject({
      HEADGATE_HOOK: 'after-start',
      HEADGATE_ENVIRONMENT: 'integration',
      HEADGATE_TARGET: 'host-1',
      HEADGATE_HOST: 'host-1',
      HEADGATE_SERVICE: 'web',
      HEADGATE_IMAGE: two,
      HEADGATE_DIGEST: `sha256:${'2'.repeat(64)}`,
      HEADGATE_REVISION: expect.stringMatching(/^[0-9a-f]+$/),
      HEADGATE_VERSION: '',
      HEADGATE_FORMER_DIGEST: `sha256:${'1'.repeat(64)}`,
      HEADGATE_FORMER_REVISION: expect.stringMatching(/^[0-9a-f]+$/),
      HEADGATE_INSTANCES: host.execs.all[0]?.container,
      HEADGATE_CAUSE: '',
      HEADGATE_RUN: expect.stringContaining('http'),
    });
    expect(environment.join('\n')).not.toContain(secret);
  });

  it('show what they say where nothing in it is a command, without secrets, with whole lines', async () => {
    const { core, result } = await run(
      one,
      {
        'after-start': [{ name: 'bad', command: ['exit', '7'] }],
        'on-rollback': [],
      },
      { inputs: withSecret },
    );

    const at = core.lines.indexOf('::error::hostile');
    const opened = core.lines.slice(0, at).findLastIndex((line) => line.startsWith('::stop-commands::'));
    const token = core.lines[opened]?.slice('::stop-commands::'.length) ?? '';
    expect(opened).toBeGreaterThan(-1);
    expect(core.lines.slice(opened + 1, at)).not.toContain(`::${token}::`);
    expect(core.lines).toContain('half');
    expect(core.summary()).toContain('Last log lines of the hook after\\-start/bad');
    expect([...beforeCause(core.lines), core.summary(), JSON.stringify(result)].join('\n')).not.toContain(
      secret,
    );
  });

  it('get the answer of an instance without its secrets, cut to whole lines', async () => {
    const { core, result } = await run(
      one,
      { 'test-traffic': [{ http: { path: '/status/500' } }] },
      { inputs: withSecret },
    );

    expect(result.failure?.message).toContain('it answered 500, 200 to 299 was expected');
    expect(core.lines).toContain('TOKEN=***');
    expect([...beforeCause(core.lines), core.summary(), JSON.stringify(result)].join('\n')).not.toContain(
      secret,
    );
  });

  it.each([
    ['command', { command: ['exit', '7'] }, 'exit code 7'],
    ['command that the image does not have', { command: ['absent'] }, 'executable file not found'],
    ['command that hangs', { command: ['hang'], timeout: '50ms' }, 'it did not end within 0.05 s'],
    [
      'call with another status',
      { http: { path: '/status/503' } },
      'it answered 503, 200 to 299 was expected',
    ],
    [
      'call with a status that was not asked for',
      { http: { path: '/status/200', status: [204, 404] } },
      '204 or 404',
    ],
    ['call that hangs', { http: { path: '/hang' }, timeout: '50ms' }, 'it did not end within 0.05 s'],
    ['task', { task: { command: ['exit', '9'] } }, 'exit code 9'],
    ['task without memory', { task: { command: ['oom', '0'] } }, 'killed for lack of memory'],
    [
      'task that hangs',
      { task: { command: ['hang'] }, timeout: '50ms' },
      'it did not end within 0.05 s; it was stopped',
    ],
    ['task that cannot be made', { task: { command: ['refused'] } }, 'no space left'],
  ])('undo when they fail: a %s', async (_, hook, how) => {
    await run(one, {});

    const { result } = await run(two, { 'after-traffic': [{ name: 'check', ...hook }] });

    expect(result.failure).toMatchObject({ code: 'hook-failed' });
    expect(result.failure?.message).toContain('the hook after-traffic/check failed: ');
    expect(result.failure?.message).toContain(how);
    expect(result.outputs).toMatchObject({ outcome: 'undone', digest: `sha256:${'1'.repeat(64)}` });
    expect(result.entry?.parts.tests).toMatchObject([{ name: 'after-traffic/check', outcome: 'failed' }]);
    expect(serving()).toEqual([one]);
    expect(oneOffs()).toEqual([]);
  });

  it('know how a command ended whose output broke off', async () => {
    const { result } = await run(one, { 'after-start': [{ command: ['cut', '0'] }] });

    expect(result.failure).toBeUndefined();
  });

  it('before-deploy: nothing is started when it fails, and the former version is not touched', async () => {
    await run(one, {});
    const before = host.containers.map(({ id }) => id);

    const { result } = await run(two, { 'before-deploy': [{ task: { command: ['exit', '1'] } }] });

    expect(result).toMatchObject({ failure: { code: 'hook-failed' }, outputs: { outcome: 'failed' } });
    expect(host.containers.map(({ id }) => id)).toEqual(before);
    expect(serving()).toEqual([one]);
  });

  it('before-deploy has nobody to run a command in at the first deployment, and says so', async () => {
    const { result } = await run(one, { 'before-deploy': [{ command: ['exit', '1'] }] });

    expect(result.failure).toBeUndefined();
    expect(result.entry?.parts.tests).toMatchObject([
      { outcome: 'passed', detail: 'nothing serves, nobody to run it in' },
    ]);
  });

  it('on-rollback runs in the former version, knows the cause, and never hides it', async () => {
    await run(one, {});

    const { result, core } = await run(two, {
      'after-traffic': [{ command: ['exit', '7'] }],
      'on-rollback': [
        { name: 'tell', http: { method: 'POST', url: `${outside.url}/gone` } },
        { name: 'never', command: ['exit', '0'] },
      ],
    });

    expect(result.failure?.message).toContain('after-traffic/command failed: exit code 7');
    expect(core.annotations.map(({ message }) => message)).toEqual(
      expect.arrayContaining([expect.stringContaining('the hook on-rollback/tell failed: it answered 404')]),
    );
    expect(JSON.parse(outside.requests[0]?.body ?? '{}')).toMatchObject({
      HEADGATE_HOOK: 'on-rollback',
      HEADGATE_CAUSE: 'hook-failed',
      HEADGATE_INSTANCES: expect.stringContaining('web-'),
    });
    expect(result.outputs['outcome']).toBe('undone');
  });

  it('on-rollback puts right what a before-deploy hook did before another one failed', async () => {
    await run(one, {});

    await run(two, {
      'before-deploy': [
        { name: 'close', command: ['exit', '0'] },
        { name: 'migrate', command: ['exit', '1'] },
      ],
      'on-rollback': [{ name: 'open', command: ['exit', '0'] }],
    });

    expect(
      host.execs.all.map(({ environment }) => environment.find((pair) => pair.startsWith('HEADGATE_HOOK='))),
    ).toEqual(['HEADGATE_HOOK=before-deploy', 'HEADGATE_HOOK=before-deploy', 'HEADGATE_HOOK=on-rollback']);
  });

  it('call an address by the method given, with the facts as JSON, and follow no redirect', async () => {
    outside.on('POST /hook', { status: 302, headers: { location: `${outside.url}/else` } });

    const { result } = await run(one, {
      'after-deploy': [{ http: { method: 'POST', url: `${outside.url}/hook` } }],
    });

    expect(result.failure?.message).toContain('it answered 302');
    expect(outside.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /hook']);
    expect(outside.requests[0]?.headers['content-type']).toBe('application/json');
  });

  it('take what the service has for a task: its environment and secrets, its files and volumes, no port', async () => {
    host.writeCompose('services: {web: {image: shop, volumes: ["data:/data"]}}\nvolumes: {data: {}}');
    host.engine.on('POST /v1.43/volumes/create', { json: {} });

    const { result } = await run(
      one,
      { 'before-deploy': [{ name: 'migrate', task: { command: ['exit', '0'], environment: { A: 'x' } } }] },
      { inputs: withSecret },
    );

    expect(result.failure).toBeUndefined();
    const created = host.engine.requests.find(({ query }) => query.get('name')?.includes('-hook-migrate-'));
    const body = JSON.parse(created?.body ?? '{}') as { Env: string[]; HostConfig: Record<string, unknown> };
    expect(body.Env).toEqual(
      expect.arrayContaining([`TOKEN=${secret}`, 'A=x', 'HEADGATE_HOOK=before-deploy']),
    );
    expect(JSON.stringify(body.HostConfig['Mounts'] ?? body.HostConfig['Binds'])).toContain('/data');
    expect(body.HostConfig['PortBindings'] ?? {}).toEqual({});
    expect(oneOffs()).toEqual([]);
  });

  it('are ended by a cancel, and leave no container', async () => {
    await run(one, {});
    const controller = new AbortController();
    const running = run(
      two,
      { 'before-deploy': [{ task: { command: ['hang'] } }] },
      { signal: controller.signal },
    );
    for (
      const deadline = Date.now() + 10_000;
      host.containers.at(-1)?.body.Entrypoint === undefined || host.containers.at(-1)?.state !== 'running';
    ) {
      if (Date.now() > deadline) throw new Error('waited 10 s in vain');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    controller.abort();

    const { result } = await running;

    expect(result.failure?.code).toBe('cancelled');
    expect(oneOffs()).toEqual([]);
    expect(serving()).toEqual([one]);
  });

  it('of on-rollback run in the post step after a cancel, when the former version is back', async () => {
    await run(one, {});
    const controller = new AbortController();
    const hooks = {
      'on-rollback': [
        { name: 'open', command: ['exit', '0'] },
        { name: 'bad', task: { command: ['exit', '3'] } },
      ],
    };
    const { core, result } = await run(two, hooks, {
      inputs: { settle: '30s' },
      signal: controller.signal,
      onLine: (line) => {
        if (line.startsWith('done admit')) controller.abort();
      },
    });
    expect(result.failure?.code).toBe('cancelled');
    expect(host.execs.all).toEqual([]);

    const settings = JSON.stringify({ hooks });
    await finish(host, core, { inputs: { ...quickTimes, engine: host.engineSocket, image: two, settings } });

    expect(serving()).toEqual([one]);
    expect(host.execs.all).toMatchObject([
      {
        container: host.containers.find(({ body }) => body.Image === one)?.name,
        environment: expect.arrayContaining([
          'HEADGATE_CAUSE=cancelled',
          `HEADGATE_DIGEST=sha256:${'2'.repeat(64)}`,
        ]),
      },
    ]);
    expect(core.lines).toContainEqual(expect.stringMatching(/^done hook on-rollback\/open: exit code 0/));
    expect(core.annotations.map(({ message }) => message)).toContain(
      'the hook on-rollback/bad failed: exit code 3',
    );
    expect(oneOffs()).toEqual([]);
  });

  it('of a killed step lose their container to its post step', async () => {
    await run(one, {});
    host.keepsContainers = true;
    const { core } = await run(two, { 'before-deploy': [{ task: { command: ['hang'] }, timeout: '1ms' }] });
    host.keepsContainers = false;
    expect(oneOffs()).toHaveLength(1);
    core.saveState('hooks', 'running');

    await finish(host, core, { inputs: { engine: host.engineSocket } });

    expect(oneOffs()).toEqual([]);
    expect(serving()).toEqual([one]);
  });

  it('are not run on the way back, and that is said', async () => {
    await run(one, {});
    await run(two, {});

    const { result, core } = await run(
      '',
      { 'after-start': [{ command: ['exit', '1'] }] },
      { inputs: { 'rollback-to': 'previous' } },
    );

    expect(result.failure).toBeUndefined();
    expect(core.annotations.map(({ message }) => message)).toContain(
      'tests and hooks are not run on the way back: they belong to another release',
    );
  });
});

/** Without the instance's own last lines, where the runner masks what it was told to. */
function beforeCause(lines: readonly string[]): readonly string[] {
  const at = lines.findIndex((line) => line.startsWith('failed: hook-failed'));
  expect(at).toBeGreaterThan(0);
  return lines.slice(0, at);
}
