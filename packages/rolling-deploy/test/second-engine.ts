// A second Docker engine on the same machine: its own data, socket and bridge; the programs of the private one.
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { docker } from './host.js';

const script = fileURLToPath(new URL('../../../scripts/engine.sh', import.meta.url));

/** Where scripts/engine.sh keeps the private engine; '' when the machine's own is in use. */
function privateEngine(): string {
  const folder = dirname(process.env['DOCKER_CONFIG'] ?? '/nowhere/config');
  return existsSync(join(folder, 'installed')) ? folder : '';
}

/** Null when a second engine can be started. */
export function missingSecondEngine(): string | null {
  if (process.getuid?.() !== 0) return 'a second engine needs root';
  return privateEngine() === ''
    ? 'a second engine is made of the private one’s programs, which is not in use'
    : null;
}

export interface SecondEngine {
  /** `unix://…` */
  readonly address: string;
  /** Gives it an image of the first one, under the same digest. */
  load(tag: string): void;
  docker(...args: string[]): string;
  /** Ends the daemon by the signal and starts it again: with `liveRestore` containers run on meanwhile. */
  restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  close(): void;
}

export function startSecondEngine({ liveRestore = false } = {}): SecondEngine {
  const first = privateEngine();
  const folder = `${first}-second-${process.pid}`;
  mkdirSync(folder);
  for (const name of ['packages', 'support', 'names', 'config', 'installed'])
    if (existsSync(join(first, name))) symlinkSync(join(first, name), join(folder, name));
  const env = { ...process.env, HEADGATE_LIVE_RESTORE: String(liveRestore) };
  const run = (verb: string): string =>
    execFileSync('bash', [script, verb, folder], { encoding: 'utf8', env }).trim();
  run('start');
  const address = run('socket');
  return {
    address,
    load: (tag) => {
      const archive = join(folder, 'image.tar');
      docker('save', '-o', archive, tag);
      docker('-H', address, 'load', '-q', '-i', archive);
    },
    docker: (...args) => docker('-H', address, ...args),
    restart: async (signal) => {
      const pid = Number(readFileSync(join(dirname(address.replace('unix://', '')), 'docker.pid'), 'utf8'));
      process.kill(pid, signal);
      await untilGone(pid);
      await promisify(execFile)('bash', [script, 'start', folder], { env });
    },
    close: () => {
      run('stop');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilGone(pid: number): Promise<void> {
  for (const deadline = Date.now() + 20_000; existsSync(`/proc/${pid}`); ) {
    if (Date.now() > deadline) throw new Error(`process ${pid} did not end in 20 s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
