// What tests against real parts need: the engine's builder, a registry, and a registry client that is not ours.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '@headgate/kit/testing/registry';

export const base = process.env['HEADGATE_NODE_IMAGE'] ?? 'local/node:24-slim';
export const judge = findJudge();

export interface RealRegistry {
  readonly host: string;
  stop(): void;
}

/** The digest a tag names, by a registry client that is not ours. */
export function judged(reference: string): string {
  if (judge === 'crane') return execFileSync('crane', ['digest', reference], { encoding: 'utf8' }).trim();
  const raw = execFileSync('skopeo', ['inspect', '--raw', '--tls-verify=false', `docker://${reference}`]);
  return digestOf(raw);
}

function findJudge(): 'crane' | 'skopeo' | null {
  for (const file of ['crane', 'skopeo'] as const) {
    try {
      execFileSync(file, [file === 'crane' ? 'version' : '--version'], { stdio: 'ignore' });
      return file;
    } catch {
      // The next one, then.
    }
  }
  return null;
}

export function findLacking(): string | null {
  const answers = (file: string, args: readonly string[]): boolean => {
    try {
      execFileSync(file, [...args], { stdio: 'ignore', timeout: 20_000 });
      return true;
    } catch {
      return false;
    }
  };
  if (!answers('docker', ['version'])) return 'no Docker engine answers';
  if (!answers('docker', ['buildx', 'version'])) return 'docker has no buildx';
  if (!answers('docker', ['image', 'inspect', base])) return `the image ${base} is not there`;
  if (!answers('docker-registry', ['--version'])) return 'docker-registry is not installed';
  return null;
}

export async function serveRegistry(): Promise<RealRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-registry-'));
  const host = `127.0.0.1:${await freePort()}`;
  const configuration = {
    version: 0.1,
    storage: { filesystem: { rootdirectory: folder } },
    http: { addr: host },
  };
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(configuration));
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`docker-registry ended with ${code}`)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('listening on')) resolve();
    });
  });
  return {
    host,
    stop() {
      child.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
