// The bundle as a runner starts it, on a real engine behind a real HAProxy: cut off in the middle, by each signal.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ActionStart, type FinishedAction, runBundle, startBundle } from '@headgate/kit/testing/action';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type BuiltImage,
  buildImage,
  docker,
  missingTool,
  startHost,
  type TestHost,
  testContainers,
} from './host.js';
import { keepHosts } from './kept-hosts.js';
import { killLoads, startLoad } from './load.js';
import { missingSshd, sshInputs, startSshd } from './sshd.js';

const main = new URL('../dist/index.js', import.meta.url).pathname;
const post = new URL('../dist/post/index.js', import.meta.url).pathname;
const missing = missingTool() ?? (existsSync(main) ? null : 'dist/ is not built (npm run build)');
if (missing !== null) process.stdout.write(`bundle.it.test.ts skipped: ${missing}\n`);
const onHost = missing === null ? describe : describe.skip;
const application = 'headgate-bundle-it';

onHost('the bundle on a real host', () => {
  let host: TestHost;
  let images: readonly BuiltImage[];
  const hosts = keepHosts(async () => {
    host = await startHost(application);
    host.writeCompose({ VERSION: 'old' });
    const first = await runBundle(start(0, { settle: '100ms' }));
    if (first.exitCode !== 0) throw new Error(first.stdout);
    return [host];
  });

  beforeAll(() => {
    // Names of its own: a tag that another test builds meanwhile would take these images' names away.
    images = [buildImage('bundle-one'), buildImage('bundle-two')];
  });
  beforeEach(async () => {
    await hosts.ready();
    host.writeCompose({ VERSION: 'old' });
  });
  afterEach(killLoads);
  afterAll(() => {
    hosts.close();
    docker('network', 'rm', `${application}_default`);
  });

  const start = (image: number, inputs: Readonly<Record<string, string>> = {}): ActionStart => ({
    main,
    workspace: join(host.folder, 'workspace'),
    inputs: {
      environment: 'integration',
      target: 'host-1',
      application,
      service: 'web',
      port: '3000',
      instances: '2',
      image: images[image]?.reference ?? '',
      engine: process.env['DOCKER_HOST'] ?? '',
      'proxy-socket': host.proxySocket,
      'lock-directory': join(host.folder, 'locks'),
      'health-interval': '100ms',
      settle: '300ms',
      'drain-deadline': '5s',
      'stop-grace': '2s',
      ...inputs,
    },
  });
  const running = (): readonly string[] =>
    host.containers().flatMap(({ name, state }) => (state === 'running' ? [name] : []));
  const versions = async (): Promise<ReadonlySet<string>> => {
    const seen = new Set<string>();
    for (let request = 0; request < 20; request += 1) {
      const { version } = (await (await fetch(host.url)).json()) as { version: string };
      seen.add(version);
    }
    return seen;
  };

  /** Starts a deployment of the second image, sends the signal at a line of its log, then runs the post step. */
  async function cutOff(
    line: string,
    signal: NodeJS.Signals,
    more: Readonly<Record<string, string>> = {},
  ): Promise<[FinishedAction, FinishedAction]> {
    host.writeCompose({ VERSION: 'new' });
    const given = start(1, { settle: line === 'done admit' ? '30s' : '300ms', ...more });
    const action = startBundle(given);
    try {
      await action.waitFor(`\n${line}`);
      action.kill(signal);
      const cut = await action.finished;
      const state = Object.fromEntries(cut.state);
      return [cut, await runBundle({ ...given, main: post, state })];
    } finally {
      action.remove();
    }
  }

  it.each([
    ['done healthy', 'SIGINT'],
    ['done admit', 'SIGINT'],
    ['done settle', 'SIGTERM'],
    ['done drain', 'SIGINT'],
    ['done stop', 'SIGINT'],
    ['done admit', 'SIGKILL'],
    ['done drain', 'SIGKILL'],
  ] as const)(
    'cut off after "%s" by %s: the former version alone serves, and no request is lost',
    async (line, signal) => {
      const before = running();
      const load = await startLoad(host.url, 300);

      const [cut, finished] = await cutOff(line, signal);

      const report = await load.stop();
      expect(finished.stdout).toContain('bringing the former version back');
      expect(finished.exitCode).toBe(0);
      if (signal !== 'SIGKILL') {
        expect(cut.outputs.get('result')).toBe('cancelled');
        expect(cut.entry).toMatchObject({
          name: 'host-1',
          result: 'cancelled',
          cause: { code: 'cancelled' },
        });
      }
      expect(report.failures).toEqual([]);
      expect(await versions()).toEqual(new Set(['old']));
      expect(new Set(running())).toEqual(new Set(before));
      expect(host.leases()).toEqual([]);
    },
  );

  const onSshd =
    missingSshd() === null ? it.each(['SIGINT', 'SIGKILL'] as const) : it.skip.each([missingSshd()]);

  onSshd('cut off by %s on a host by ssh: the same, and neither key nor connection stays', async (signal) => {
    const sshd = await startSshd();
    const load = await startLoad(host.url, 300);

    const [cut, finished] = await cutOff(
      'done admit',
      signal === 'SIGINT' ? 'SIGINT' : 'SIGKILL',
      sshInputs(sshd),
    );

    const report = await load.stop();
    const open =
      sshd.log().split('Accepted publickey').length - sshd.log().split('disconnected by user').length;
    sshd.close();
    expect(finished.exitCode).toBe(0);
    expect(report.failures).toEqual([]);
    expect(await versions()).toEqual(new Set(['old']));
    expect(host.leases()).toEqual([]);
    expect(open).toBe(0);
    expect(cut.state.get('ssh')).toMatch(/^\/tmp\/headgate-ssh-/);
    expect(existsSync(cut.state.get('ssh') ?? '')).toBe(false);
    const keyLine = sshd.key.split('\n')[2] ?? '';
    for (const { stdout, stderr, summary } of [cut, finished])
      expect([stdout.replace(/^::add-mask::.*$/gm, ''), stderr, summary].join('')).not.toContain(keyLine);
  });

  it.each(['SIGINT', 'SIGKILL'] as const)(
    'cut off by %s while a test runs: the new version serves, and the test’s container is gone',
    async (signal) => {
      host.writeCompose({ VERSION: 'new' });
      const script =
        "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('it', 'is', 'up')";
      const command = ['node', '-e', script];
      const given = start(1, { settings: JSON.stringify({ tests: { smoke: { command } } }) });
      const action = startBundle(given);
      await action.waitFor('\nit is up');
      action.kill(signal);
      const cut = await action.finished;
      const left = testContainers(application);
      action.remove();

      const finished = await runBundle({ ...given, main: post, state: Object.fromEntries(cut.state) });

      expect(left === '').toBe(signal === 'SIGINT');
      expect(finished.stdout).toContain('the tests were cut off');
      expect(finished.exitCode).toBe(0);
      expect(testContainers(application)).toBe('');
      expect(await versions()).toEqual(new Set(['new']));
      if (signal === 'SIGINT') {
        expect(cut.outputs.get('result')).toBe('cancelled');
        expect(cut.outputs.get('outcome')).toBe('deployed');
      }
    },
  );

  it.each(['SIGINT', 'SIGKILL'] as const)(
    'cut off by %s while a hook’s task runs: the former version serves, and the task’s container is gone',
    async (signal) => {
      const before = running();
      host.writeCompose({ VERSION: 'new' });
      const script = "setInterval(() => {}, 1000); console.log('it', 'is', 'up')";
      const task = { command: ['node', '-e', script] };
      const given = start(1, { settings: JSON.stringify({ hooks: { 'after-traffic': [{ task }] } }) });
      const action = startBundle(given);
      await action.waitFor('\nit is up');
      action.kill(signal);
      const cut = await action.finished;
      action.remove();

      const finished = await runBundle({ ...given, main: post, state: Object.fromEntries(cut.state) });

      expect(finished.stdout).toContain('bringing the former version back');
      expect(finished.exitCode).toBe(0);
      expect(testContainers(application)).toBe('');
      expect(await versions()).toEqual(new Set(['old']));
      expect(new Set(running())).toEqual(new Set(before));
    },
  );

  it('a runner that is lost for good leaves a service that the next deployment puts right', async () => {
    host.writeCompose({ VERSION: 'new' });
    const given = start(1, { settle: '30s' });
    const action = startBundle(given);
    await action.waitFor('\ndone admit');
    const load = await startLoad(host.url, 300);
    action.kill('SIGKILL');
    await action.finished;
    action.remove();

    const next = await runBundle(start(1));

    const report = await load.stop();
    expect(next.outputs.get('outcome')).toBe('deployed');
    expect(report.failures).toEqual([]);
    expect(await versions()).toEqual(new Set(['new']));
    expect(running()).toHaveLength(2);
    expect(host.leases()).toEqual([]);
  });

  it('a runner that is lost for good leaves a service that mode reconcile puts right, by schedule or by hand', async () => {
    const before = running();
    host.writeCompose({ VERSION: 'new' });
    const expiry = { 'lock-expiry': '4500ms' };
    const action = startBundle(start(1, { settle: '30s', ...expiry }));
    await action.waitFor('\ndone admit');
    const load = await startLoad(host.url, 200);
    // It has no checkout: the compose file is not asked.
    const { workspace: _, ...nowhere } = start(0, { ...expiry, mode: 'reconcile', image: '' });
    const another = { ...nowhere, env: { GITHUB_RUN_ID: '77' } };
    const early = await runBundle(another);
    action.kill('SIGKILL');
    await action.finished;
    action.remove();

    const late = await runBundle(another);
    const again = await runBundle(another);

    expect((await load.stop()).failures).toEqual([]);
    expect([early, late, again].map(({ exitCode, outputs }) => [exitCode, outputs.get('outcome')])).toEqual([
      [0, 'unchanged'],
      [0, 'undone'],
      [0, 'unchanged'],
    ]);
    expect(early.stdout).toContain('/runs/');
    expect(await versions()).toEqual(new Set(['old']));
    expect(new Set(running())).toEqual(new Set(before));
    expect(host.leases()).toEqual([]);
  });
});
