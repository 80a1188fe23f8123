// A Docker engine whose daemon may be restarted under running containers (live-restore). It sets firewall rules as daemons
// do, in a network of its own.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docker, until } from './host.js';
import { loadImage, missingSecondEngine, privateEngine } from './second-engine.js';

/** Null when one can be started. */
export function missingLiveEngine(): string | null {
  const missing = missingSecondEngine();
  if (missing !== null) return missing;
  try {
    const rules = ['--net', 'iptables', '-t', 'nat', '-A', 'OUTPUT', '-m', 'addrtype', '--dst-type', 'LOCAL'];
    execFileSync('unshare', rules, { env: environment(), stdio: 'ignore' });
    return null;
  } catch {
    return 'this kernel or machine lets no firewall rule be set in a network of its own';
  }
}

export interface LiveEngine {
  /** `unix://…` */
  readonly address: string;
  /** Starts a command in the engine's network: published ports are on the loopback of that one. */
  readonly through: readonly string[];
  load(tag: string): void;
  /** Ends the daemon by the signal and starts it again. */
  restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  close(): Promise<void>;
}

export async function startLiveEngine(): Promise<LiveEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'live-'));
  mkdirSync(join(folder, 'data'));
  const settings = {
    features: { 'containerd-snapshotter': true },
    'live-restore': true,
    'default-address-pools': [{ base: '10.77.0.0/17', size: 24 }],
    bip: '10.78.0.1/24',
  };
  writeFileSync(join(folder, 'daemon.json'), JSON.stringify(settings));
  const address = `unix://${join(folder, 'docker.sock')}`;
  const network = spawn(
    'unshare',
    ['--net', 'sh', '-c', 'ip link set lo up && echo && exec sleep infinity'],
    {
      env: environment(),
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  await new Promise((resolve) => network.stdout.once('data', resolve));
  const through = ['nsenter', `--net=/proc/${network.pid}/ns/net`];
  let daemon = await startDaemon(folder, through);
  return {
    address,
    through,
    load: (tag) => loadImage(tag, address, folder),
    restart: async (signal) => {
      await end(daemon, signal);
      daemon = await startDaemon(folder, through);
    },
    close: async () => {
      const left = docker('-H', address, 'ps', '-aq').split('\n').filter(Boolean);
      if (left.length > 0) docker('-H', address, 'rm', '-f', ...left);
      await end(daemon, 'SIGTERM');
      network.kill('SIGKILL');
      for (const place of mountsBelow(folder)) execFileSync('umount', [place]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startDaemon(folder: string, through: readonly string[]): Promise<ChildProcess> {
  const [command = '', ...enter] = through;
  const log = openSync(join(folder, 'log'), 'a');
  // As a system does that starts it: what the former one left of itself is none.
  rmSync(join(folder, 'docker.pid'), { force: true });
  const address = `unix://${join(folder, 'docker.sock')}`;
  const options = {
    '--config-file': join(folder, 'daemon.json'),
    '--data-root': join(folder, 'data'),
    '--exec-root': join(folder, 'exec'),
    '--pidfile': join(folder, 'docker.pid'),
    '--host': address,
  };
  const daemon = spawn(command, [...enter, 'dockerd', ...Object.entries(options).flat()], {
    env: environment(),
    stdio: ['ignore', log, log],
  });
  await until(() => answers(address));
  return daemon;
}

async function end(daemon: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = new Promise((resolve) => daemon.once('exit', resolve));
  daemon.kill(signal);
  await ended;
}

function answers(address: string): boolean {
  try {
    docker('-H', address, 'version');
    return true;
  } catch {
    return false;
  }
}

/** The programs of the private engine, and iptables with its extensions where that brought them. */
function environment(): NodeJS.ProcessEnv {
  const programs = ['packages/root/usr/sbin', 'packages/root/usr/bin', 'support/bin', 'names/bin'];
  const path = [...programs.map((place) => join(privateEngine(), place)), process.env['PATH'], '/usr/sbin'];
  const extensions = findExtensions();
  return {
    ...process.env,
    PATH: path.join(':'),
    ...(extensions === null ? {} : { XTABLES_LIBDIR: extensions }),
  };
}

function findExtensions(): string | null {
  const root = join(privateEngine(), 'names/root/usr/lib');
  try {
    const [first] = readdirSync(root).filter((name) => readdirSync(join(root, name)).includes('xtables'));
    return first === undefined ? null : join(root, first, 'xtables');
  } catch {
    return null;
  }
}

/** Innermost first. */
function mountsBelow(folder: string): readonly string[] {
  const lines = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return lines
    .flatMap((line) => line.split(' ').slice(1, 2))
    .filter((place) => place.startsWith(folder))
    .toReversed();
}
