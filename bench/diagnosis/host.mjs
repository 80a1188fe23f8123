// What a broken version is deployed to: an own HAProxy, a registry that refuses, and an ear at the engine.
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** @typedef {{ action: string, at: number }} Told milliseconds by the engine's clock */

/**
 * @param {string} folder
 * @param {Record<string, string | undefined>} env
 * @param {typeof import('../../packages/kit/src/haproxy-section.ts').proxySection} proxySection
 */
export async function startProxy(folder, env, proxySection) {
  const socket = join(folder, 'proxy.sock');
  const file = join(folder, 'haproxy.cfg');
  const service = { backend: 'web', listen: null, slots: 4, healthPath: '/health', checkInterval: 500 };
  writeFileSync(file, proxySection({ socket, stateDirectory: folder, services: [service] }));
  const paths = { ...env, PATH: `${env.PATH ?? ''}:/usr/sbin` };
  const child = spawn('haproxy', ['-db', '-f', file], { env: paths, stdio: 'ignore' });
  child.on('error', () => undefined);
  for (let left = 100; !existsSync(socket) && left > 0; left -= 1) await sleep(50);
  return { socket, stop: () => child.kill('SIGKILL') };
}

/** A registry that refuses every pull, and remembers when it did. */
export async function startRegistry() {
  const state = { status: 404, refusedAt: 0 };
  const codes = new Map([
    [401, 'UNAUTHORIZED'],
    [404, 'MANIFEST_UNKNOWN'],
    [429, 'TOOMANYREQUESTS'],
  ]);
  const server = createServer(({ url }, response) => {
    const isPing = url === '/v2/';
    if (!isPing) state.refusedAt ||= Date.now();
    const status = isPing ? 200 : state.status;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({ errors: [{ code: codes.get(status), message: codes.get(status)?.toLowerCase() }] }),
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return { host: `127.0.0.1:${port}`, state, stop: () => void server.close() };
}

/** @param {string} application @param {Record<string, string | undefined>} env */
export function listen(application, env) {
  /** @type {Told[]} */
  const told = [];
  const filters = ['--filter', `label=io.headgate.application=${application}`];
  const child = spawn('docker', ['events', '--format', '{{json .}}', ...filters], { env });
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { Action: action, timeNano } = JSON.parse(line);
      told.push({ action, at: timeNano / 1e6 });
    }
  });
  return { told, stop: () => child.kill('SIGKILL') };
}
