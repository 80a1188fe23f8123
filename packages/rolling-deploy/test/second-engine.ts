// A second Docker engine on the same machine: its own data, socket and bridge; the programs of the private one.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { docker } from './host.js';

const script = fileURLToPath(new URL('../../../scripts/engine.sh', import.meta.url));

/** Where scripts/engine.sh keeps the private engine; '' when the machine's own is in use. */
export function privateEngine(): string {
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
  close(): void;
}

export function startSecondEngine(): SecondEngine {
  const first = privateEngine();
  const folder = `${first}-second-${process.pid}`;
  mkdirSync(folder);
  for (const name of ['packages', 'support', 'names', 'config', 'installed'])
    if (existsSync(join(first, name))) symlinkSync(join(first, name), join(folder, name));
  const run = (verb: string): string =>
    execFileSync('bash', [script, verb, folder], { encoding: 'utf8' }).trim();
  run('start');
  const address = run('socket');
  return {
    address,
    load: (tag) => loadImage(tag, address, folder),
    docker: (...args) => docker('-H', address, ...args),
    close: () => {
      run('stop');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Gives an engine an image of the environment's one, under the same digest, by way of a file in the folder. */
export function loadImage(tag: string, address: string, folder: string): void {
  const archive = join(folder, 'image.tar');
  docker('save', '-o', archive, tag);
  docker('-H', address, 'load', '-q', '-i', archive);
}
