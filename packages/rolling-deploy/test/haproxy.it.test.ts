// Real engine, real HAProxy, real load: what people are promised.
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deploy } from './deploy.js';
import { startEngineRelay } from './engine-relay.js';
import { type BuiltImage, buildImage, docker, missingTool, startHost, type TestHost } from './host.js';
import { keepHosts } from './kept-hosts.js';
import { killLoads, startLoad } from './load.js';
import { openLongConnection } from './web-socket.js';

const missing = missingTool();
if (missing !== null) process.stdout.write(`haproxy.it.test.ts skipped: ${missing}\n`);
const onHost = missing === null ? describe : describe.skip;

onHost('a service on a real engine behind a real HAProxy', () => {
  let host: TestHost;
  let images: readonly BuiltImage[];
  const hosts = keepHosts(async () => {
    host = await startHost('headgate-it');
    host.writeCompose({ VERSION: 'old' });
    await deploy(host, image(0).reference, { inputs: { instances: '2', settle: '100ms' } });
    return [host];
  });
  const image = (index: number): BuiltImage => images[index % images.length] ?? { reference: '', digest: '' };
  const running = (): readonly string[] =>
    host.containers().flatMap(({ name, state }) => (state === 'running' ? [name] : []));

  beforeAll(() => {
    images = [buildImage('one'), buildImage('two')];
  });
  beforeEach(async () => {
    await hosts.ready();
    host.writeCompose({ VERSION: 'old' });
  });
  afterEach(killLoads);
  afterAll(() => {
    hosts.close();
    docker('network', 'rm', 'headgate-it_default');
  });

  it('loses no request over six swaps of two instances', async () => {
    const load = await startLoad(host.url, 500);
    for (let swap = 1; swap <= 6; swap += 1) {
      host.writeCompose({ VERSION: String(swap) });
      const { result } = await deploy(host, image(swap).reference, { inputs: { instances: '2' } });

      expect(result.outputs).toMatchObject({
        outcome: 'deployed',
        digest: image(swap).digest,
        instances: '2',
      });
    }
    const report = await load.stop();

    expect(report.failures).toEqual([]);
    expect(report.requests).toBeGreaterThan(3000);
    expect(report.failed).toBe(0);
    expect(new Set(Object.keys(report.versions))).toEqual(new Set(['old', '1', '2', '3', '4', '5', '6']));
    expect(running()).toHaveLength(2);
  });

  it('loses no request when the service dies at once on SIGTERM', async () => {
    const load = await startLoad(host.url, 500);
    for (const version of ['1', '2']) {
      host.writeCompose({ VERSION: version, DIES_AT_ONCE: '1' });
      await deploy(host, image(1).reference, { inputs: { instances: '2' } });
    }

    expect((await load.stop()).failures).toEqual([]);
  });

  it('lets a slow request end before its instance stops', async () => {
    const slow = fetch(`${host.url}slow`);
    host.writeCompose({ VERSION: 'new' });

    const { result, core } = await deploy(host, image(1).reference, { inputs: { instances: '2' } });

    expect(result.outputs['outcome']).toBe('deployed');
    expect(await (await slow).json()).toMatchObject({ version: 'old' });
    expect(core.lines.filter((line) => line.includes('no request left'))).toHaveLength(2);
  });

  it('keeps an open WebSocket until the drain deadline, and lets go of it then', async () => {
    const connection = await openLongConnection(host.url);
    host.writeCompose({ VERSION: 'new' });
    const drained: Promise<boolean>[] = [];

    const { result, core } = await deploy(host, image(1).reference, {
      inputs: { instances: '2', 'drain-deadline': '2s' },
      onLine: (line) => {
        if (line.startsWith('done drain')) drained.push(connection.echo());
      },
    });

    const kept = core.lines.findIndex(
      (line) => line.startsWith('done drain') && line.includes('1 in flight'),
    );
    connection.close();
    expect(result.outputs['outcome']).toBe('deployed');
    expect(Number(/\((\d+\.\d+) s\)/.exec(core.lines[kept] ?? '')?.[1])).toBeGreaterThanOrEqual(2);
    expect((await Promise.all(drained))[0]).toBe(true);
    expect(connection.endedAt()).not.toBeNull();
  });

  it.each(['done healthy', 'done admit', 'done drain'])(
    'loses no request when the engine restarts after "%s"',
    async (line) => {
      const engine = (process.env['DOCKER_HOST'] ?? '').replace('unix://', '') || '/var/run/docker.sock';
      const relay = await startEngineRelay({ path: join(host.folder, 'engine.sock'), engine });
      const load = await startLoad(host.url, 300);
      host.writeCompose({ VERSION: 'new' });
      let restarted: Promise<void> | null = null;

      const { result } = await deploy(host, image(1).reference, {
        inputs: { instances: '2', engine: relay.path },
        onLine: (said) => {
          if (said.startsWith(line)) restarted ??= relay.restart(1000);
        },
      });

      await restarted;
      const report = await load.stop();
      await relay.close();
      expect(report.failures).toEqual([]);
      expect(['deployed', 'undone']).toContain(result.outputs['outcome']);
      expect(result.outputs['instances']).toBe('2');
      expect(running()).toHaveLength(2);
    },
  );

  it.each([
    ['is never healthy', { NEVER_HEALTHY: '1' }, 'never-healthy'],
    ['ends at once', { EXITS: '1' }, 'instance-exited'],
  ])('comes back without a lost request from a version that %s', async (_, vice, code) => {
    const load = await startLoad(host.url, 500);
    host.writeCompose({ VERSION: 'bad', ...vice });

    const { result } = await deploy(host, image(1).reference, {
      inputs: { instances: '2', 'health-deadline': '3s' },
    });

    const report = await load.stop();
    expect(result.failure?.code).toBe(code);
    expect(result.outputs).toMatchObject({
      outcome: result.outputs['outcome'],
      digest: image(0).digest,
      instances: '2',
    });
    expect(report.failures).toEqual([]);
    expect(Object.keys(report.versions)).toEqual(['old']);
    expect(running()).toHaveLength(2);
  });

  it('undoes a version that lies about its health, cause before undo', async () => {
    const load = await startLoad(host.url, 500);
    host.writeCompose({ VERSION: 'bad', LIES: '1', HOSTILE: '1' });

    const { result, core } = await deploy(host, image(1).reference, {
      inputs: { instances: '2', settle: '5s' },
    });

    await load.stop();
    expect(result.failure?.code).toBe('errors-in-traffic');
    expect(result.outputs).toMatchObject({ outcome: 'undone', digest: image(0).digest, instances: '2' });
    const cause = core.lines.findIndex((line) => line.includes('errors-in-traffic'));
    const undo = core.lines.findIndex((line) => line.startsWith('done undo'));
    expect(cause).toBeGreaterThan(-1);
    expect(undo).toBeGreaterThan(cause);
    expectInsideStopCommands(core.lines, '::set-output name=digest::evil');
    expect(await (await fetch(host.url)).json()).toMatchObject({ version: 'old' });
  });

  it('goes back by the proxy alone when the engine stops answering in the middle', async () => {
    const engine = (process.env['DOCKER_HOST'] ?? '').replace('unix://', '') || '/var/run/docker.sock';
    const starts: string[] = [];
    const freezeAt = (request: string): boolean => {
      if (request.startsWith('POST') && request.includes('/start')) starts.push(request);
      return starts.length === 1 && request.startsWith('GET') && request.includes('/json');
    };
    const relay = await startEngineRelay({ path: join(host.folder, 'engine.sock'), engine, freezeAt });
    const load = await startLoad(host.url, 500);
    host.writeCompose({ VERSION: 'new' });

    const { result } = await deploy(host, image(1).reference, {
      inputs: { instances: '2', engine: relay.path, 'engine-deadline': '1s' },
    });

    const report = await load.stop();
    await relay.close();
    expect(result.failure?.message).toMatch(/engine on this machine does not answer/);
    expect(report.failures).toEqual([]);
    expect(running().length).toBeGreaterThanOrEqual(2);
    host.writeCompose({ VERSION: 'next' });
    const next = await deploy(host, image(1).reference, { inputs: { instances: '2' } });
    expect(next.result.outputs).toMatchObject({ outcome: 'deployed', instances: '2' });
    expect(running()).toHaveLength(2);
  });

  it('changes nothing when the same version already runs, unless forced', async () => {
    const before = running();

    const same = await deploy(host, image(0).reference, { inputs: { instances: '2' } });
    expect(same.result.outputs['outcome']).toBe('unchanged');
    expect(running()).toEqual(before);

    const forced = await deploy(host, image(0).reference, { inputs: { instances: '2', force: 'true' } });
    expect(forced.result.outputs['outcome']).toBe('deployed');
    expect(running().filter((name) => before.includes(name))).toEqual([]);
  });
});

function expectInsideStopCommands(lines: readonly string[], hostile: string): void {
  const at = lines.indexOf(hostile);
  const before = lines.slice(0, at);
  const opened = before.findLastIndex((line) => line.startsWith('::stop-commands::'));
  const token = lines[opened]?.slice('::stop-commands::'.length) ?? '';
  expect(at).toBeGreaterThan(-1);
  expect(opened).toBeGreaterThan(-1);
  expect(before.slice(opened)).not.toContain(`::${token}::`);
  expect(lines.slice(at)).toContain(`::${token}::`);
}
