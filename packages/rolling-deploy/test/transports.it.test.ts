// The same deployment over each transport, on a real engine, a real HAProxy, a real sshd, under load.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHttp } from '@headgate/kit/http';
import { startTestServer } from '@headgate/kit/testing/http-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { askSocket } from '../src/local-transport.js';
import { parseServersState } from '../src/proxy-answers.js';
import { sshFolder } from '../src/ssh-folder.js';
import { type DeployOptions, deploy, type FinishedDeploy, finish } from './deploy.js';
import { startEngineRelay } from './engine-relay.js';
import { type BuiltImage, buildImage, docker, missingTool, startHost, type TestHost } from './host.js';
import { type KeptHosts, keepHosts } from './kept-hosts.js';
import { killLoads, startLoad } from './load.js';
import { missingSshd, type Sshd, sshInputs, startSshd } from './sshd.js';

const transports = [
  ['local', missingTool()],
  ['ssh', missingTool() ?? missingSshd()],
] as const;
for (const [transport, missing] of transports)
  if (missing !== null) process.stdout.write(`transports.it.test.ts skipped for ${transport}: ${missing}\n`);
const present = transports.flatMap(([transport, missing]) => (missing === null ? [transport] : []));
const onHost = present.length === 0 ? describe.skip : describe;
const application = 'headgate-transports-it';

onHost('a host by any transport', () => {
  let images: readonly BuiltImage[];

  beforeAll(() => {
    images = [buildImage('transport-one'), buildImage('transport-two')];
  });
  afterAll(() => void docker('network', 'rm', `${application}_default`));

  describe.each(present)('%s', (transport) => {
    let host: TestHost;
    let sshd: Sshd | null = null;
    let hosts: KeptHosts;
    const connections: string[] = [];
    const run = async (
      image: number,
      { inputs, ...options }: DeployOptions = {},
    ): Promise<FinishedDeploy> => {
      const reference = images[image]?.reference ?? '';
      const finished = await deploy(host, reference, { ...options, inputs: { ...given(), ...inputs } });
      connections.push(sshFolder(finished.temporary));
      return finished;
    };
    const given = (): Readonly<Record<string, string>> => ({
      instances: '2',
      engine: process.env['DOCKER_HOST'] ?? '',
      ...(sshd === null ? {} : sshInputs(sshd)),
    });
    const running = (): readonly string[] =>
      host.containers().flatMap(({ name, state }) => (state === 'running' ? [name] : []));
    const version = async (): Promise<unknown> => (await fetch(host.url)).json();
    const left = (): readonly string[] => connections.filter((path) => existsSync(path));

    beforeAll(async () => {
      if (transport === 'ssh') sshd = await startSshd();
      hosts = keepHosts(async () => {
        host = await startHost(application);
        host.writeCompose({ VERSION: 'old' });
        await run(0);
        return [host];
      });
    });
    beforeEach(() => hosts.ready());
    afterEach(killLoads);
    afterAll(() => {
      hosts.close();
      sshd?.close();
    });

    it('loses no request over three swaps, and leaves nothing behind', async () => {
      const load = await startLoad(host.url, 300);
      for (const swap of [1, 2, 3]) {
        host.writeCompose({ VERSION: String(swap) });
        const { result } = await run(swap % 2);
        expect(result.outputs).toMatchObject({ outcome: 'deployed', instances: '2' });
      }

      const report = await load.stop();
      expect(report.failures).toEqual([]);
      expect(report.requests).toBeGreaterThan(500);
      const kept = readFileSync(join(host.folder, 'web.state'), 'utf8');
      const state = await askSocket(host.proxySocket, 'show servers state web', 5000);
      expect(parseServersState(kept)).toEqual(parseServersState(state));
      expect(running()).toHaveLength(2);
      expect(left()).toEqual([]);
      expect(host.leases()).toEqual([]);
    });

    it('undoes a version that fails in traffic, cause before undo', async () => {
      host.writeCompose({ VERSION: 'bad', LIES: '1' });
      const load = await startLoad(host.url, 300);

      const { result, core } = await run(1, { inputs: { settle: '5s' } });

      await load.stop();
      expect(result.failure?.code).toBe('errors-in-traffic');
      expect(result.outputs).toMatchObject({ outcome: 'undone', digest: images[0]?.digest, instances: '2' });
      expect(core.lines.findIndex((line) => line.includes('errors-in-traffic'))).toBeLessThan(
        core.lines.findIndex((line) => line.startsWith('done undo')),
      );
      expect(await version()).toMatchObject({ version: 'old' });
    });

    it('is back at the former version after a cancel in the middle, and the post step finishes', async () => {
      const load = await startLoad(host.url, 300);
      const controller = new AbortController();
      host.writeCompose({ VERSION: 'new' });

      const cancelled = await run(1, {
        inputs: { settle: '30s' },
        signal: controller.signal,
        onLine: (line) => {
          if (line.startsWith('done admit')) controller.abort();
        },
      });
      expect(cancelled.result.failure?.code).toBe('cancelled');
      await finish(host, cancelled.core, { inputs: given() });

      expect((await load.stop()).failures).toEqual([]);
      expect(running()).toHaveLength(2);
      expect(await version()).toMatchObject({ version: 'old' });
      expect(left()).toEqual([]);
    });

    it('undoes completely, and starts each former instance once, when the answers to start, stop and update are lost', async () => {
      const engine = (process.env['DOCKER_HOST'] ?? '').replace('unix://', '') || '/var/run/docker.sock';
      const calls = ['start', 'stop', 'update'];
      const starts: string[] = [];
      let undoing = false;
      const lost = new Set<string>();
      const relay = await startEngineRelay({
        path: join(host.folder, 'relay.sock'),
        engine,
        cutAfter: (request) => {
          const [, id = '', what = ''] = /^POST \S+\/containers\/([0-9a-f]{64})\/(\w+)/.exec(request) ?? [];
          if (undoing && what === 'start') starts.push(id);
          if (!undoing || !calls.includes(what) || lost.has(`${what} ${id}`)) return null;
          lost.add(`${what} ${id}`);
          return 0;
        },
      });
      const former = running();
      host.writeCompose({ VERSION: 'new' });
      const load = await startLoad(host.url, 200);

      const { result } = await run(1, {
        inputs: {
          engine: relay.path,
          strategy: '{surge: 2}',
          settings: JSON.stringify({ hooks: { 'after-deploy': [{ command: ['false'] }] } }),
        },
        onLine: (line) => {
          undoing ||= line.startsWith('failed hook');
        },
      });

      expect((await load.stop()).failures).toEqual([]);
      await relay.close();
      expect(result.failure?.code).toBe('hook-failed');
      expect(result.outputs).toMatchObject({ outcome: 'undone', instances: '2' });
      for (const call of calls)
        expect([...lost].filter((each) => each.startsWith(`${call} `)).length).toBeGreaterThanOrEqual(2);
      expect(relay.cuts()).toBeGreaterThanOrEqual(lost.size);
      expect(new Set(starts).size).toBe(2);
      expect(starts).toHaveLength(2);
      expect(new Set(running())).toEqual(new Set(former));
      expect(await version()).toMatchObject({ version: 'old' });
    });

    it('is locked while another run deploys, and names it', async () => {
      host.writeCompose({ VERSION: 'new' });
      // The first goes on when the second has had its answer.
      const outside = await startTestServer();
      let second: Promise<unknown> = Promise.resolve(null);
      outside.on('GET /refused', async () => {
        await second;
        return { status: 204 };
      });
      const gate = { http: { url: `${outside.url}/refused` } };
      const inputs = {
        instances: '1',
        'lock-expiry': '4500ms',
        settings: JSON.stringify({ hooks: { 'before-traffic': [gate] } }),
      };

      const { result } = await run(1, {
        inputs,
        http: createHttp(),
        onLine: (line) => {
          if (line.startsWith('done start'))
            second = run(1, { inputs, runId: 2000 }).catch((error: unknown) => error);
        },
      });

      await outside.close();
      expect(result.outputs['outcome']).toBe('deployed');
      expect(await second).toMatchObject({ code: 'locked', message: expect.stringContaining('/runs/1000') });
    });
  });
});
