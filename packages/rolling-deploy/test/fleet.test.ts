// One target on several hosts against doubles of their engines and proxies: what is told, and what is left.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lockName } from '../src/identity.js';
import { type DeployOptions, deploy, type FinishedDeploy, finish } from './deploy.js';
import { type DoubleHost, startDoubleHost } from './doubles.js';

const one = `registry.example:5000/shop@sha256:${'1'.repeat(64)}`;
const two = `registry.example:5000/shop@sha256:${'2'.repeat(64)}`;

describe('a target on three hosts', () => {
  let hosts: readonly [DoubleHost, DoubleHost, DoubleHost];
  const names = ['a', 'b', 'c'] as const;

  beforeEach(async () => {
    hosts = [await startDoubleHost(), await startDoubleHost(), await startDoubleHost()];
    hosts[0].writeCompose('services: {web: {image: shop}}');
    for (const host of hosts) mkdirSync(join(host.folder, 'locks'));
  });
  afterEach(async () => {
    for (const host of hosts) await host.close();
  });

  const options = ({ inputs, ...rest }: DeployOptions = {}): DeployOptions => {
    const places = hosts.map(({ engineSocket, proxySocket, folder }, index) => {
      const locks = join(folder, 'locks');
      return {
        name: names[index],
        engine: engineSocket,
        'proxy-socket': proxySocket,
        'lock-directory': locks,
      };
    });
    const times = {
      settle: '1ms',
      'health-interval': '10ms',
      'health-deadline': '50ms',
      'drain-deadline': '0s',
    };
    return { ...rest, inputs: { ...times, hosts: JSON.stringify(places), ...inputs } };
  };
  const run = (image: string, more?: DeployOptions): Promise<FinishedDeploy> =>
    deploy(hosts[0], image, options(more));
  const serving = (): readonly string[] =>
    hosts.map(({ slots, containers }) => {
      const ports = [...slots.values()].flatMap(({ port, state }) =>
        state === 'ready' ? [String(port)] : [],
      );
      const there = containers.filter(({ body }) =>
        ports.includes(body.HostConfig.PortBindings['3000/tcp']?.[0].HostPort ?? ''),
      );
      return there.map(({ body }) => body.Image).join();
    });
  const locks = (): readonly string[] => hosts.flatMap(({ folder }) => readdirSync(join(folder, 'locks')));

  const hooks = {
    'before-deploy': [{ name: 'migrate', task: { command: ['exit', '0'] }, hosts: 'first' }],
    'after-start': [{ name: 'warm', command: ['exit', '0'] }],
    'on-rollback': [{ name: 'tell', command: ['exit', '0'] }],
  };
  const withHooks = { wave: '100%', settings: JSON.stringify({ hooks }) };

  it('has its hooks on each of them or on the first alone, and their logs do not mix', async () => {
    const { result, core } = await run(one, { inputs: withHooks });

    expect(result.failure).toBeUndefined();
    expect(result.entry?.parts.tests?.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'a: before-deploy/migrate passed',
      'a: after-start/warm passed',
      'b: after-start/warm passed',
      'c: after-start/warm passed',
    ]);
    expect(
      hosts.map(({ execs }) =>
        execs.all.map(({ environment }) => environment.find((one) => one.startsWith('HEADGATE_HOST='))),
      ),
    ).toEqual(names.map((name) => [`HEADGATE_HOST=${name}`]));
    // What a host says stands between its own stop and resume: another's resume would end it in the middle.
    const open = core.lines.flatMap(
      (line) => /^::(?:stop-commands::)?(headgate-[0-9a-f]+)/.exec(line)?.[1] ?? [],
    );
    expect(open.filter((_, index) => index % 2 === 0)).toEqual(open.filter((_, index) => index % 2 === 1));
  });

  it('runs on-rollback on every host that goes back, with the cause as that host knows it', async () => {
    await run(one, {});
    hosts[2].engine.on('GET /v1.43/exec/*', { json: { Running: false, ExitCode: 1 } });

    const { result, core } = await run(two, { inputs: withHooks });

    expect(result.failure?.message).toContain('c: the hook after-start/warm failed: exit code 1');
    expect(serving()).toEqual([one, one, one]);
    const causes = hosts.map(({ execs }) =>
      execs.all.flatMap(({ environment }) =>
        environment.includes('HEADGATE_HOOK=on-rollback')
          ? environment.filter((pair) => pair.startsWith('HEADGATE_CAUSE='))
          : [],
      ),
    );
    expect(causes).toEqual([
      ['HEADGATE_CAUSE=host-failed'],
      ['HEADGATE_CAUSE=host-failed'],
      ['HEADGATE_CAUSE=hook-failed'],
    ]);
    expect(core.annotations.map(({ message }) => message)).toContain(
      'c: the hook on-rollback/tell failed: exit code 1',
    );
  });

  it('runs the version on all of them, and says so host by host', async () => {
    const { result, core } = await run(one, { inputs: { wave: '100%' } });

    expect(result.failure).toBeUndefined();
    expect(result.outputs).toMatchObject({ outcome: 'deployed', instances: '3', replaced: '' });
    expect(JSON.parse(String(result.outputs['hosts']))).toEqual(
      [1, 2, 2].map((wave, index) => ({
        host: names[index],
        wave,
        outcome: 'deployed',
        digest: `sha256:${'1'.repeat(64)}`,
        replaced: '',
        instances: 1,
      })),
    );
    expect(result.entry?.parts.deployments?.map(({ target }) => target)).toEqual([
      'host-1/a',
      'host-1/b',
      'host-1/c',
    ]);
    expect(result.entry?.parts.timings?.map(({ step }) => step)).toContain('c: prepare');
    expect(serving()).toEqual([one, one, one]);
    expect(core.summary()).toContain('on 3 of 3 hosts');
    expect(core.states.get('hand')).toBe('');
    expect(locks()).toEqual([]);
    expect((await run(one)).result.outputs['outcome']).toBe('unchanged');
  });

  it('is back on all of them when the second cannot pull, and the third was never touched', async () => {
    await run(one);
    hosts[1].pullLines = ['{"error":"manifest unknown"}'];
    const requests = hosts[2].engine.requests.length;

    const { result, core } = await run(two);

    expect(serving()).toEqual([one, one, one]);
    expect(result.failure).toMatchObject({ code: 'image-not-found', message: expect.stringMatching(/^b: /) });
    expect(result.outputs).toMatchObject({ outcome: 'undone', digest: `sha256:${'1'.repeat(64)}` });
    expect(JSON.parse(String(result.outputs['hosts']))).toEqual([
      expect.objectContaining({ host: 'a', outcome: 'undone', code: 'host-failed' }),
      expect.objectContaining({ host: 'b', outcome: 'failed', code: 'image-not-found' }),
      { host: 'c', wave: 0, outcome: 'not-reached' },
    ]);
    expect(hosts[2].engine.requests.slice(requests).every(({ method }) => method === 'GET')).toBe(true);
    expect(core.summary()).toContain(
      'b failed, web in integration runs sha256:222222222222 on none of 3 hosts',
    );
    expect(core.lines.filter((line) => line.includes('a goes back'))).toHaveLength(1);
    expect(locks()).toEqual([]);
  });

  it('is left as each host has it when told to hold, and the next run goes on from there', async () => {
    await run(one);
    hosts[1].pullLines = ['{"error":"manifest unknown"}'];
    const { result } = await run(two, { inputs: { 'on-failure': 'hold' } });

    expect(result.outputs['outcome']).toBe('failed');
    expect(serving()).toEqual([two, one, one]);

    hosts[1].pullLines = ['{"status":"Pulling"}'];
    expect((await run(two)).result.outputs['outcome']).toBe('deployed');
    expect(serving()).toEqual([two, two, two]);
  });

  it('is brought back on a host that a lost run had begun with', async () => {
    await run(one);
    hosts[1].pullLines = ['{"error":"manifest unknown"}'];
    await run(two, { inputs: { 'on-failure': 'hold' } });
    expect(serving()).toEqual([two, one, one]);
    // The double believes in a pull that failed.
    hosts[1].images.delete(two);

    const { result } = await run(two);

    expect(serving()).toEqual([one, one, one]);
    expect(result.outputs['outcome']).toBe('undone');
  });

  it('is brought back on all of them by the post step after a cancel', async () => {
    await run(one);
    const controller = new AbortController();
    const { core, result } = await run(two, {
      signal: controller.signal,
      onLine: (line) => {
        if (line.startsWith('b: done admit')) controller.abort();
      },
    });
    expect(result.failure?.code).toBe('cancelled');
    expect(Object.keys(JSON.parse(core.states.get('hand') ?? '{}') as object)).toEqual(['a', 'b']);
    expect(serving()[0]).toBe(two);

    expect(await finish(hosts[0], core, options())).toBe(true);

    expect(serving()).toEqual([one, one, one]);
    expect(locks()).toEqual([]);
  });

  it('brings back in the post step what it can reach, and fails for what it cannot', async () => {
    await run(one);
    const controller = new AbortController();
    const { core } = await run(two, {
      signal: controller.signal,
      onLine: (line) => {
        if (line.startsWith('b: done admit')) controller.abort();
      },
    });
    await hosts[1].engine.close();

    const again = options({ inputs: { 'engine-deadline': '2s' } });
    await expect(finish(hosts[0], core, again)).rejects.toMatchObject({ code: 'engine-unreachable' });
    expect(serving()[0]).toBe(one);
  });

  it('is not begun on any of them while one is locked by another run', async () => {
    const { folder, proxySocket } = hosts[2];
    const identity = { application: 'shop', environment: 'integration', target: 'host-1', service: 'web' };
    const holder = {
      owner: 'acme/shop#7',
      url: 'https://github.com/x/actions/runs/7',
      expiresAt: Date.now() + 60_000,
    };
    const name = lockName({ ...identity, proxy: `${proxySocket}#web` });
    writeFileSync(join(folder, 'locks', name), JSON.stringify(holder));

    await expect(run(one)).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringMatching(/^c: .*runs\/7/),
    });
    expect(serving()).toEqual(['', '', '']);
    expect(locks()).toEqual([name]);
    expect(existsSync(join(folder, 'locks', name))).toBe(true);
  });
});
