// Registry, HAProxy and engine as they are on this machine.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { systemClock } from '@headgate/kit/clock';
import { childEnvironment } from '@headgate/kit/environment';
import { createHttp } from '@headgate/kit/http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectDocker } from '../../src/parts/docker.js';
import { mapFile, startProxy } from '../../src/parts/proxy.js';
import { askProxy, readSlots } from '../../src/parts/proxy-slots.js';
import { startRegistry } from '../../src/parts/registry.js';
import { startServer } from '../../src/parts/server-process.js';

const http = createHttp();
const clock = systemClock;
const env = childEnvironment(process.env);

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-parts-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** `it` where the program answers; elsewhere a skipped test that says what is missing. */
function needs(file: string, ...args: string[]): typeof it | typeof it.skip {
  if (spawnSync(file, args, { timeout: 20_000 }).status === 0) return it;
  process.stderr.write(`skipped: ${[file, ...args].join(' ')} does not answer here\n`);
  return it.skip;
}

describe('the registry', () => {
  needs('docker-registry', '--version')('wants its password, knows nothing yet, and ends', async () => {
    const options = { directory: folder, program: 'docker-registry', username: 'octo', http, clock, env };
    const registry = await startRegistry(options);
    try {
      const anonymous = await http({ url: `http://${registry.host}/v2/_catalog` });
      anonymous.body.resume();

      expect(anonymous.status).toBe(401);
      expect(await registry.tags('octo/shop')).toEqual([]);
      expect(await registry.digestOf('octo/shop', 'latest')).toBeNull();
    } finally {
      await registry.stop();
    }
    await expect(http({ url: `http://${registry.host}/v2/` })).rejects.toThrow();
  });
});

describe('the proxy', () => {
  needs('haproxy', '-v')('answers 503 with every slot in maintenance, and takes orders', async () => {
    const proxy = await startProxy({
      directory: folder,
      program: 'haproxy',
      backends: ['shop', 'api'].map((backend) => {
        return { backend, slots: 8, healthPath: '/', checkInterval: 500 };
      }),
      clock,
      env,
    });
    try {
      const response = await http({ url: proxy.urlOf('shop') });
      response.body.resume();
      const socket = createConnection(proxy.socket);
      socket.end('show servers state api\n');
      const slots = readSlots(await text(socket));

      expect(response.status).toBe(503);
      expect(proxy.urlOf('shop')).not.toBe(proxy.urlOf('api'));
      expect([...slots.values()].map(({ state }) => state)).toEqual(Array(8).fill('out'));
    } finally {
      await proxy.stop();
    }
  });
});

describe('a proxy that tells A and B apart', () => {
  needs('haproxy', '-v')('has an empty map of its own for that, which takes orders', async () => {
    const variant = { by: 'header', name: 'X-Variant', map: 'AB_MAP' } as const;
    const proxy = await startProxy({
      directory: folder,
      program: 'haproxy',
      backends: [{ backend: 'shop', slots: 4, healthPath: '/', checkInterval: 500, variant }],
      clock,
      env,
    });
    try {
      const map = mapFile(folder, 'AB_MAP');
      const added = await askProxy(proxy.socket, `add map ${map} header:X-Variant=b/0 slot1`);

      expect(added.trim()).toBe('');
      expect(await askProxy(proxy.socket, `show map ${map}`)).toContain('header:X-Variant=b/0 slot1');
      expect(await readFile(map, 'utf8')).toBe('');
    } finally {
      await proxy.stop();
    }
  });
});

describe('the engine', () => {
  needs('docker', 'version')('tells its version, and that nothing of a new registry runs', async () => {
    const docker = connectDocker({ http, clock }, process.env['DOCKER_HOST']);

    expect(await docker.version()).toMatch(/^\d+\./);
    expect(await docker.containers('127.0.0.1:9')).toEqual([]);
    expect(await docker.removeLeftovers()).toEqual([]);
    await expect(docker.removeAll('127.0.0.1:9')).resolves.toBeUndefined();
  });
});

describe('a server', () => {
  const command = {
    name: 'server',
    args: [],
    env: {},
    ready: async () => false,
    deadlineMs: 300,
  };

  it('that is not installed is named', async () => {
    const start = startServer(
      { ...command, file: 'no-such-server', cwd: folder, logFile: join(folder, 'log') },
      clock,
    );

    await expect(start).rejects.toMatchObject({ code: 'tool-missing' });
  });

  it('that ends at once is shown with its last words', async () => {
    const args = ['-e', 'console.error("port taken"); process.exit(1)'];
    const start = startServer(
      {
        ...command,
        deadlineMs: 10_000,
        file: process.execPath,
        args,
        cwd: folder,
        logFile: join(folder, 'log'),
      },
      clock,
    );

    await expect(start).rejects.toMatchObject({
      code: 'part-not-ready',
      message: expect.stringContaining('port taken'),
    });
  });

  it('that never answers is ended', async () => {
    const args = ['-e', 'setInterval(() => {}, 1000)'];
    const start = startServer(
      { ...command, file: process.execPath, args, cwd: folder, logFile: join(folder, 'log') },
      clock,
    );

    await expect(start).rejects.toMatchObject({
      code: 'part-not-ready',
      message: expect.stringContaining('300 ms'),
    });
  });
});
