// A host by ssh, on a real sshd: its sockets, ports and files, and what is said when it does not let us.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '@headgate/kit/clock';
import { runCommand } from '@headgate/kit/process';
import { parseSecretMap } from '@headgate/kit/secrets';
import { createTestContext, createTestDeps } from '@headgate/kit/testing/deps';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { loopbackPort } from '../src/endpoint.js';
import { readAccess } from '../src/ssh-access.js';
import { sshFolder } from '../src/ssh-folder.js';
import { endLeftConnections } from '../src/ssh-left.js';
import { connectSsh } from '../src/ssh-transport.js';
import type { Transport } from '../src/transport.js';
import { freePort, until as untilTrue } from './host.js';
import { missingSshd, type Sshd, startSshd } from './sshd.js';

const missing = missingSshd();
if (missing !== null) process.stdout.write(`ssh-transport.it.test.ts skipped: ${missing}\n`);
const onSshd = missing === null ? describe : describe.skip;

onSshd('a host by ssh', () => {
  let sshd: Sshd;
  let folder: string;
  let engine: Server;
  let proxy: ReturnType<typeof createSocketServer>;
  let port: number;
  const opened: Transport[] = [];
  const others: Sshd[] = [];
  const deps = { ...createTestDeps({ run: runCommand, context: createTestContext() }), clock: systemClock };

  beforeAll(async () => {
    sshd = await startSshd();
  });
  beforeEach(async () => {
    folder = mkdtempSync('/tmp/headgate-ssh-test-');
    chmodSync(folder, 0o755);
    engine = createServer((request, response) => response.end(`engine ${request.url}`));
    await new Promise<void>((resolve) => engine.listen(join(folder, 'engine.sock'), resolve));
    proxy = createSocketServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (line: Buffer) => socket.end(`proxy heard ${line.toString().trim()}`));
    });
    await new Promise<void>((resolve) => proxy.listen(join(folder, 'proxy.sock'), resolve));
    port = await freePort();
  });
  afterEach(async () => {
    for (const transport of opened.splice(0)) await transport.close();
    for (const server of others.splice(0)) server.close();
    engine.closeAllConnections();
    engine.close();
    proxy.close();
    rmSync(folder, { recursive: true, force: true });
  });
  afterAll(() => sshd.close());

  const open = (
    parts: Partial<{ host: string; knownHosts: string; key: string; engine: string }> = {},
  ): Transport => {
    const { host = sshd.address, knownHosts = sshd.knownHosts, key = sshd.key } = parts;
    const secrets = parseSecretMap(JSON.stringify(key === '' ? {} : { 'ssh-key': key }), {
      name: 'x',
      setSecret: () => undefined,
    });
    const names = { host: 'ssh-host', knownHosts: 'ssh-known-hosts' };
    const transport = connectSsh(
      {
        access: readAccess({ host, knownHosts, keyName: '', names }, secrets),
        engine: parts.engine ?? join(folder, 'engine.sock'),
        proxySocket: join(folder, 'proxy.sock'),
      },
      deps,
    );
    opened.push(transport);
    return transport;
  };
  /** As an out-of-memory killer would: its sockets stay behind. */
  const killMaster = (): void => {
    const processes = execFileSync('ps', ['-ww', '-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
    const own = processes.filter((line) => line.includes(sshFolder(deps.temporary)));
    for (const line of own) process.kill(Number.parseInt(line, 10), 'SIGKILL');
    expect(own).toHaveLength(1);
  };
  const version = async (transport: Transport): Promise<string> =>
    (await transport.engine({ method: 'GET', path: '/version', timeoutMs: 5000 })).text();
  const logins = (): number => sshd.log().split('Accepted publickey').length - 1;

  it('shows engine, proxy and loopback ports over one connection, and nothing is left of it', async () => {
    const before = logins();
    const service = createServer((_, response) => response.writeHead(204).end()).listen(port, '127.0.0.1');
    const transport = open();

    const answers = await Promise.all([
      version(transport),
      transport.proxy('show stat', 5000),
      transport.ask(loopbackPort(port), '/health', 5000),
    ]);
    const here = sshFolder(deps.temporary);
    const [own = ''] = readdirSync(here);
    const modes = ['', 'key', 'known_hosts', 'c'].map((name) => statSync(join(here, own, name)).mode & 0o777);
    service.close();
    await transport.close();

    expect(answers).toEqual(['engine /version', 'proxy heard show stat', 204]);
    expect(modes).toEqual([0o700, 0o600, 0o600, 0o600]);
    expect(logins() - before).toBe(1);
    expect(existsSync(here)).toBe(false);
  });

  it('keeps files as the machine itself would: created once, replaced, swept, removed', async () => {
    const { files } = open();
    const path = join(folder, "deep er/it's $(touch oops); `x` -rf", 'web.lock');

    expect(await files.read(path)).toBeNull();
    const made = await Promise.all(['one', 'two', 'three'].map((text) => files.create(path, text)));
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(['one', 'two', 'three']).toContain(await files.read(path));
    await files.replace(path, "new 'text'\n$HOME\n");
    expect(await files.read(path)).toBe("new 'text'\n$HOME\n");
    const [left, writing] = [`${path}.0a1b2c3d4e5f`, `${path}.f5e4d3c2b1a0`];
    for (const name of [left, writing, `${path}er`]) writeFileSync(name, '');
    for (const name of [left, path, `${path}er`]) utimesSync(name, 1_000, 1_000);
    await files.sweep(path);
    expect(readdirSync(join(path, '..')).toSorted()).toEqual([
      'web.lock',
      `web.lock.f5e4d3c2b1a0`,
      'web.locker',
    ]);
    for (const name of [path, writing, `${path}er`]) await files.remove(name);
    expect(readdirSync(join(path, '..'))).toEqual([]);
    expect(existsSync(join(folder, 'oops'))).toBe(false);
    await expect(files.create('/proc/nowhere/lock', 'x')).rejects.toThrow(
      /create \/proc\/nowhere\/lock failed/,
    );
    await expect(files.read('/a\n/b')).rejects.toThrow('line break');
  });

  it('comes back by itself when the connection is lost', async () => {
    const transport = open();
    await version(transport);
    sshd.cut();
    expect(await version(transport).catch(() => version(transport))).toBe('engine /version');
    sshd.cut();
    expect(await transport.files.read(join(folder, 'none'))).toBeNull();
    await version(transport);
    killMaster();
    expect(await Promise.all([version(transport), version(transport), transport.proxy('x', 5000)])).toEqual([
      'engine /version',
      'engine /version',
      'proxy heard x',
    ]);
  });

  it('needs a key of some kind', async () => {
    await expect(version(open({ key: '' }))).rejects.toMatchObject({ code: 'secrets-missing' });
  });

  it('leaves what a killed step had opened to whoever is told its folder', async () => {
    const ended = (): number => sshd.log().split('disconnected by user').length;
    const before = ended();
    await version(open());
    opened.splice(0);

    await endLeftConnections('/tmp/somewhere-else', deps);
    await endLeftConnections(sshFolder(deps.temporary), deps);

    expect(existsSync(sshFolder(deps.temporary))).toBe(false);
    await untilTrue(() => ended() > before);
  });

  const otherKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKk9YbGB3sAmnwCkbFKxCyLpVpzcNcUPO5tQ5GbdCYGn';

  it.each([
    ['unknown', (): string => `[127.0.0.1]:1 ${otherKey}`, /not pinned/],
    ['another', (): string => sshd.knownHosts.replace(/ssh-ed25519 .*/, otherKey), /another key/],
  ] as const)('sends nothing to a host whose key is %s', async (_, knownHosts, message) => {
    const before = logins();
    await expect(version(open({ knownHosts: knownHosts() }))).rejects.toMatchObject({
      code: 'ssh-host-key',
      message: expect.stringMatching(message),
    });
    expect(logins()).toBe(before);
  });

  it('says when the key is refused, the host away, or the name unknown', async () => {
    const other = await startSshd();
    others.push(other);
    const refused = version(open({ key: other.key }));
    await expect(refused).rejects.toMatchObject({ code: 'ssh-auth-refused' });
    other.close();
    const away = open({ host: other.address, knownHosts: other.knownHosts });
    await expect(version(away)).rejects.toMatchObject({
      code: 'ssh-unreachable',
      message: /refused/ as unknown,
    });
    const nowhere = open({ host: 'deploy@nowhere.invalid' });
    await expect(version(nowhere)).rejects.toMatchObject({ code: 'ssh-unreachable' });
  });

  it('tells a missing socket from one that is not listened to, not allowed, and not forwarded', async () => {
    await expect(version(open({ engine: '/nowhere/docker.sock' }))).rejects.toThrow('there is no /nowhere');
    writeFileSync(join(folder, 'file'), '');
    await expect(version(open({ engine: join(folder, 'file') }))).rejects.toThrow('is no socket');
    const strict = await startSshd(['AllowStreamLocalForwarding no', 'AllowTcpForwarding no']);
    others.push(strict);
    const { address: host, knownHosts, key } = strict;
    const transport = open({ host, knownHosts, key });
    await expect(version(transport)).rejects.toMatchObject({ code: 'ssh-forwarding-refused' });
    await expect(transport.ask(loopbackPort(port), '/', 1000)).rejects.toMatchObject({
      code: 'ssh-forwarding-refused',
    });
    if (sshd.stranger === sshd.address) return;
    chmodSync(join(folder, 'engine.sock'), 0o600);
    await expect(version(open({ host: sshd.stranger }))).rejects.toMatchObject({ code: 'socket-denied' });
  });
});
