// A real HAProxy that is loaded anew under load, beside somebody else's configuration: slots, weights and states stay.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type ProxiedService, proxySection } from '@headgate/kit/haproxy-section';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { isOnLoopback } from '../src/endpoint.js';
import { askSocket } from '../src/local-transport.js';
import { parseServersState, type Slot } from '../src/proxy-answers.js';
import { deploy, finish } from './deploy.js';
import {
  type BuiltImage,
  buildImage,
  docker,
  freePort,
  missingTool,
  searchPath,
  startHost,
  type TestHost,
  until,
} from './host.js';
import { killLoads, startLoad } from './load.js';

const missing = missingTool();
if (missing !== null) process.stdout.write(`proxy-reload.it.test.ts skipped: ${missing}\n`);
const onHost = missing === null ? describe : describe.skip;
const application = 'headgate-reload-it';

onHost('a proxy that is loaded anew', () => {
  let host: TestHost;
  let images: readonly BuiltImage[];
  const run = (index: number, inputs: Readonly<Record<string, string>> = {}) =>
    deploy(host, images[index % 2]?.reference ?? '', { inputs: { instances: '2', ...inputs } });
  const stateFile = (): string => join(host.folder, 'web.state');
  const slots = async (): Promise<readonly Slot[]> =>
    parseServersState(await askSocket(host.proxySocket, 'show servers state web', 5000));

  beforeAll(() => {
    images = [buildImage('reload-one'), buildImage('reload-two')];
  });
  beforeEach(async () => {
    host = await startHost(application);
    host.writeCompose({ VERSION: 'old' });
    await run(0);
  });
  afterEach(() => {
    killLoads();
    host.close();
  });
  afterAll(() => void docker('network', 'rm', `${application}_default`));

  it('loses no request, between deployments and in the middle of one', async () => {
    const load = await startLoad(host.url, 500);
    await host.reload();
    host.writeCompose({ VERSION: 'new' });
    const reloads: Promise<void>[] = [];

    const { result, core } = await deploy(host, images[1]?.reference ?? '', {
      inputs: { instances: '2', reach: 'address' },
      onLine: (line) => {
        if (line.startsWith('done settle')) reloads.push(host.reload());
      },
    });
    await Promise.all(reloads);
    await host.reload();

    const report = await load.stop();
    expect(result.outputs).toMatchObject({ outcome: 'deployed', instances: '2' });
    expect(reloads).toHaveLength(2);
    expect(report.failures).toEqual([]);
    expect(await (await fetch(host.url)).json()).toMatchObject({ version: 'new' });
    expect(core.lines.join('\n')).not.toMatch(/state file|was not written/);
  });

  it('keeps addresses, weights and states in the middle of a canary', async () => {
    const controller = new AbortController();
    host.writeCompose({ VERSION: 'new' });
    let compared: Promise<readonly (readonly Slot[])[]> = Promise.resolve([]);
    const compare = async (): Promise<readonly (readonly Slot[])[]> => {
      const before = await slots();
      await host.reload();
      return [before, await slots()];
    };

    const { core } = await deploy(host, images[1]?.reference ?? '', {
      inputs: {
        instances: '2',
        reach: 'address',
        strategy: JSON.stringify({ type: 'canary', steps: '25% for 5m' }),
      },
      signal: controller.signal,
      onLine: (line) => {
        if (line.startsWith('done split')) compared = compare().finally(() => controller.abort());
      },
    });
    await finish(host, core);

    const [before = [], after] = await compared;
    expect(after).toEqual(before);
    const serving = before.filter(({ up }) => up);
    expect(new Set(serving.map(({ weight }) => weight)).size).toBe(2);
    expect(new Set(serving.map(({ endpoint }) => isOnLoopback(endpoint))).size).toBe(2);
    expect(parseServersState(readFileSync(stateFile(), 'utf8'))).toEqual(await slots());
  });

  it('whose state file cannot be written is deployed to all the same, and that is said once', async () => {
    rmSync(stateFile());
    mkdirSync(stateFile());
    host.writeCompose({ VERSION: 'new' });

    const { result, core } = await run(1);

    expect(result.outputs['outcome']).toBe('deployed');
    const warnings = core.annotations.filter(({ message }) => message.includes(stateFile()));
    expect(warnings).toHaveLength(1);
  });

  it('takes a section of odd values word for word, beside the configuration that is there', async () => {
    const healthPath = `/h?a='b'"#$HOME\${HOME}\\n%[x];|`;
    const asked: (string | undefined)[] = [];
    const server = createServer(({ url }, response) => {
      asked.push(url);
      response.end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const socket = join(host.folder, 'odd.sock');
    const service: ProxiedService = {
      backend: 'shop.eu:1_a-b',
      listen: `127.0.0.1:${await freePort()}`,
      slots: 256,
      healthPath,
      checkInterval: 100,
    };
    const map = join(host.folder, 'ab.map');
    writeFileSync(map, '');
    const by = (kind: 'header' | 'cookie') => ({ by: kind, name: 'X-Variant_1', map });
    const services = [
      { ...service, variant: by('header') },
      { ...service, backend: 'api', listen: null, healthPath: '/', variant: by('cookie') },
    ];
    const file = join(host.folder, 'odd.cfg');
    writeFileSync(file, proxySection({ socket, stateDirectory: host.folder, services }));

    const args = ['-db', '-f', join(host.folder, 'haproxy.cfg'), '-f', file];
    const proxy = spawn('haproxy', args, { env: searchPath, stdio: 'ignore' });
    try {
      await until(() => existsSync(socket));
      const slot = 'shop.eu:1_a-b/slot7';
      const point = `set server ${slot} addr 127.0.0.1 port ${port};set server ${slot} state ready`;
      await askSocket(socket, point, 5000);
      await until(() => asked.length > 0);
    } finally {
      proxy.kill('SIGKILL');
      server.close();
    }
    expect(asked[0]).toBe(healthPath);
  });
});
