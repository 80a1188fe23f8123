// One target on two hosts, one here and one by ssh: two engines with data of their own, two proxies, load on both.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ActionStart, runBundle, startBundle } from '@headgate/kit/testing/action';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type DeployOptions, deploy, type FinishedDeploy, finish, inputsFor } from './deploy.js';
import { type BuiltImage, buildImage, docker, missingTool, startHost, type TestHost } from './host.js';
import { keepHosts } from './kept-hosts.js';
import { killLoads, type LoadReport, startLoad } from './load.js';
import { missingSecondEngine, type SecondEngine, startSecondEngine } from './second-engine.js';
import { missingSshd, type Sshd, sshInputs, startSshd } from './sshd.js';

const main = new URL('../dist/index.js', import.meta.url).pathname;
const post = new URL('../dist/post/index.js', import.meta.url).pathname;
const missing = missingTool() ?? missingSshd() ?? missingSecondEngine();
if (missing !== null) process.stdout.write(`fleet.it.test.ts skipped: ${missing}\n`);
const onHosts = missing === null ? describe : describe.skip;
const application = 'headgate-fleet-it';

onHosts('two hosts of one target', () => {
  let images: readonly BuiltImage[];
  let engine: SecondEngine;
  let sshd: Sshd;
  let hosts: readonly [TestHost, TestHost];

  beforeAll(async () => {
    images = ['fleet-one', 'fleet-two', 'fleet-first-only'].map(buildImage);
    engine = startSecondEngine();
    for (const build of ['fleet-one', 'fleet-two']) engine.load(`headgate-test/app:${build}`);
    sshd = await startSshd();
  });
  const kept = keepHosts(async () => {
    hosts = [await startHost(application), await startHost(application, 6, { engine: engine.address })];
    writeCompose({ VERSION: 'old' });
    const { result } = await run(0, { inputs: { settle: '100ms' } });
    expect(result.outputs['outcome']).toBe('deployed');
    return hosts;
  });
  beforeEach(() => kept.ready());
  afterEach(killLoads);
  afterAll(() => {
    kept.close();
    sshd.close();
    engine.close();
    docker('network', 'rm', `${application}_default`);
  });

  const writeCompose = (environment: Readonly<Record<string, string>>): void =>
    hosts[0].writeCompose(environment);
  const inputs = (): Readonly<Record<string, string>> => {
    const [first, second] = hosts;
    const { transport: _, 'ssh-host': address, ...access } = sshInputs(sshd);
    return {
      ...access,
      instances: '2',
      hosts: JSON.stringify([
        { name: 'a', engine: process.env['DOCKER_HOST'], 'proxy-socket': first.proxySocket },
        {
          name: 'b',
          'ssh-host': address,
          engine: engine.address,
          'proxy-socket': second.proxySocket,
          'lock-directory': join(second.folder, 'locks'),
        },
      ]),
    };
  };
  const run = (image: number, options: DeployOptions = {}): Promise<FinishedDeploy> =>
    deploy(hosts[0], images[image]?.reference ?? '', {
      ...options,
      inputs: { ...inputs(), ...options.inputs },
    });

  async function underLoad<T>(work: () => Promise<T>): Promise<[T, readonly LoadReport[]]> {
    const loads = await Promise.all(hosts.map(({ url }) => startLoad(url, 200)));
    const done = await work();
    return [done, await Promise.all(loads.map((load) => load.stop()))];
  }
  async function versions(): Promise<readonly unknown[]> {
    const seen: unknown[] = [];
    for (const { url } of hosts) {
      const answers = await Promise.all(
        Array.from({ length: 8 }, async () => (await (await fetch(url)).json()) as { version: string }),
      );
      seen.push(...new Set(answers.map(({ version }) => version)));
    }
    return seen;
  }
  const running = (): readonly number[] =>
    hosts.map((host) => host.containers().filter(({ state }) => state === 'running').length);
  const told = ({ result }: FinishedDeploy): unknown => JSON.parse(String(result.outputs['hosts']));
  const locks = (): readonly string[] => hosts.flatMap((host) => host.leases());

  it('get a version one after the other, and no request is lost on either', async () => {
    writeCompose({ VERSION: 'new' });

    const [finished, loads] = await underLoad(() => run(1));

    expect(finished.result.outputs).toMatchObject({ outcome: 'deployed', instances: '4' });
    expect(told(finished)).toEqual([
      expect.objectContaining({ host: 'a', wave: 1, outcome: 'deployed', digest: images[1]?.digest }),
      expect.objectContaining({ host: 'b', wave: 2, outcome: 'deployed', digest: images[1]?.digest }),
    ]);
    expect(finished.result.entry?.parts.deployments?.map(({ target }) => target)).toEqual([
      'host-1/a',
      'host-1/b',
    ]);
    expect(loads.flatMap(({ failures }) => failures)).toEqual([]);
    expect(Math.min(...loads.map(({ requests }) => requests))).toBeGreaterThan(500);
    expect(await versions()).toEqual(['new', 'new']);
    expect(running()).toEqual([2, 2]);
    expect(locks()).toEqual([]);
    const lines = finished.core.lines;
    const firstOfB = lines.findIndex((line) => line.startsWith('b: done start'));
    expect(lines.findLastIndex((line) => line.startsWith('a: done stop'))).toBeLessThan(firstOfB);
    expect(finished.core.summary()).toContain('on 2 of 2 hosts');
  });

  it.each([
    ['before it serves', 'start', 0],
    // The kill itself costs what was in flight, and what comes until the proxy's own check notices.
    ['in traffic', 'admit', 50],
  ] as const)('are both back when the second’s new instance dies %s', async (_, step, lost) => {
    writeCompose({ VERSION: 'new' });
    const killNew = (line: string): void => {
      const [, done, name] = /^b: done (\S+) (\S+)/.exec(line) ?? [];
      if (done === step && name !== undefined) engine.docker('kill', name);
    };

    const [finished, [first, second]] = await underLoad(() => run(1, { onLine: killNew }));

    expect(finished.result.failure).toMatchObject({
      code: 'instance-exited',
      message: expect.stringMatching(/^b: /),
    });
    expect(finished.result.outputs).toMatchObject({
      outcome: 'undone',
      digest: images[0]?.digest,
      instances: '4',
    });
    expect(told(finished)).toEqual([
      expect.objectContaining({ host: 'a', outcome: 'undone', code: 'host-failed' }),
      expect.objectContaining({ host: 'b', outcome: 'undone', code: 'instance-exited' }),
    ]);
    expect(await versions()).toEqual(['old', 'old']);
    expect(running()).toEqual([2, 2]);
    expect(first?.failures).toEqual([]);
    expect(second?.failed).toBeLessThanOrEqual(lost);
    expect(finished.core.states.get('hand')).toBe('');
  });

  it('are both as before when the second has not even the image', async () => {
    writeCompose({ VERSION: 'new' });

    const [finished, loads] = await underLoad(() => run(2));

    expect(finished.result.outputs['outcome']).toBe('undone');
    expect(loads.flatMap(({ failures }) => failures)).toEqual([]);
    expect(await versions()).toEqual(['old', 'old']);
    expect(running()).toEqual([2, 2]);
  });

  it('keep what each has when told to hold', async () => {
    writeCompose({ VERSION: 'new' });

    const { result } = await run(2, { inputs: { 'on-failure': 'hold' } });

    expect(result.outputs['outcome']).toBe('failed');
    expect(await versions()).toEqual(['new', 'old']);
  });

  it('are both back after a cancel while the second was at it: the post step undoes on all', async () => {
    writeCompose({ VERSION: 'new' });
    const controller = new AbortController();
    const cancel = (line: string): void => {
      if (line.startsWith('b: done admit')) controller.abort();
    };

    const [report, loads] = await underLoad(async () => {
      const cancelled = await run(1, { signal: controller.signal, onLine: cancel });
      expect(cancelled.result.failure?.code).toBe('cancelled');
      expect(await versions()).toEqual(['new', 'old']);
      return finish(hosts[0], cancelled.core, { inputs: inputs() });
    });

    expect(report).toBe(true);
    expect(loads.flatMap(({ failures }) => failures)).toEqual([]);
    expect(await versions()).toEqual(['old', 'old']);
    expect(running()).toEqual([2, 2]);
    expect(locks()).toEqual([]);
  });

  (existsSync(main) ? it : it.skip)(
    'are both back after a kill that nobody could heed, by the post step',
    async () => {
      writeCompose({ VERSION: 'new' });
      const start: ActionStart = {
        main,
        workspace: join(hosts[0].folder, 'workspace'),
        inputs: {
          ...inputsFor(hosts[0]),
          ...inputs(),
          image: images[1]?.reference ?? '',
          // Where the first is done and the second has just begun, a look at it takes long.
          settle: '3s',
        },
      };

      const [finished, loads] = await underLoad(async () => {
        const action = startBundle(start);
        await action.waitFor('\nb: done admit');
        action.kill('SIGKILL');
        const cut = await action.finished;
        action.remove();
        expect(await versions()).toContain('new');
        return runBundle({ ...start, main: post, state: Object.fromEntries(cut.state) });
      });

      expect(finished.exitCode).toBe(0);
      expect(finished.stdout).toContain('a: 2 of 2 former instances serve');
      expect(finished.stdout).toContain('b: 2 of 2 former instances serve');
      expect(loads.flatMap(({ failures }) => failures)).toEqual([]);
      expect(await versions()).toEqual(['old', 'old']);
      expect(running()).toEqual([2, 2]);
      expect(locks()).toEqual([]);
    },
  );

  it('are left alone when one of them cannot be reached', async () => {
    writeCompose({ VERSION: 'new' });
    const [first] = JSON.parse(String(inputs()['hosts'])) as readonly object[];
    const lost = { name: 'b', 'ssh-host': 'deploy@127.0.0.1:1', 'ssh-known-hosts': sshd.knownHosts };

    await expect(run(1, { inputs: { hosts: JSON.stringify([first, lost]) } })).rejects.toMatchObject({
      code: 'ssh-unreachable',
      message: expect.stringMatching(/^b: /),
    });
    expect(await versions()).toEqual(['old', 'old']);
    expect(locks()).toEqual([]);
  });
});
