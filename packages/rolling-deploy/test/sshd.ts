// A real sshd on loopback with keys and a configuration of its own: a host of its own for whoever only knows ssh.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from './host.js';

const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };
const asRoot = process.getuid?.() === 0;

/** Null when there is an sshd, and ssh to reach it by. */
export function missingSshd(): string | null {
  for (const [tool, args] of [
    ['ssh', ['-V']],
    ['ssh-keygen', ['-?']],
    ['sshd', ['-V']],
  ] as const)
    if (spawnSync(tool, args, { env }).error !== undefined)
      return `no ${tool} (apt-get install openssh-client openssh-server)`;
  return null;
}

export interface Sshd {
  /** `user@127.0.0.1:port` of a user who may open what this process may open. */
  readonly address: string;
  /** The same for a user who may open next to nothing; the same user where only root could make another. */
  readonly stranger: string;
  /** Its lines of known_hosts. */
  readonly knownHosts: string;
  /** A private key that it lets in. */
  readonly key: string;
  /** Lines that it has logged. */
  log(): string;
  /** Cuts every connection, as a network that is away for a moment. */
  cut(): void;
  close(): void;
}

/** `more` are lines of sshd_config. */
export async function startSshd(more: readonly string[] = []): Promise<Sshd> {
  const folder = mkdtempSync('/tmp/headgate-sshd-');
  chmodSync(folder, 0o755);
  const at = (name: string): string => join(folder, name);
  for (const name of ['host', 'client'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', at(name)]);
  copyFileSync(at('client.pub'), at('authorized_keys'));
  const port = await freePort();
  writeFileSync(at('config'), [...configuration(folder, port), ...more, ''].join('\n'));
  const server = startServer(folder);
  await listening(port, () => readFileSync(at('log'), 'utf8'));
  const [type, key] = readFileSync(at('host.pub'), 'utf8').split(' ');
  return {
    address: `${userInfo().username}@127.0.0.1:${port}`,
    stranger: `${asRoot ? 'stranger' : userInfo().username}@127.0.0.1:${port}`,
    knownHosts: `[127.0.0.1]:${port} ${type} ${key?.trim()}`,
    key: readFileSync(at('client'), 'utf8'),
    log: () => readFileSync(at('log'), 'utf8'),
    cut: () => killChildren(server.pid),
    close: () => {
      killChildren(server.pid);
      server.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configuration(folder: string, port: number): readonly string[] {
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${folder}/host`,
    'PidFile none',
    `AuthorizedKeysFile ${folder}/authorized_keys`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    // Else each script waits for what this user's shell reads at its start, ~/.bashrc, which may take a second.
    `SetEnv HOME=${folder}`,
  ];
}

/**
 * Root's sshd wants a user `sshd` and /run/sshd, which a machine without the package has not: it gets a user list of its
 * own in a mount namespace, with one more user in it, and the machine's stays as it is.
 */
function startServer(folder: string): ChildProcess {
  const sshd = execFileSync('/bin/sh', ['-c', 'command -v sshd'], { env, encoding: 'utf8' }).trim();
  const log = join(folder, 'log');
  writeFileSync(log, '');
  const command = [sshd, '-D', '-r', '-E', log, '-f', join(folder, 'config')];
  if (!asRoot) return spawn(command[0] ?? '', command.slice(1), { env, stdio: 'ignore' });
  const users = join(folder, 'passwd');
  copyFileSync('/etc/passwd', users);
  appendFileSync(
    users,
    `sshd:x:64998:65534::/:/usr/sbin/nologin\nstranger:x:64999:65534::${folder}:/bin/sh\n`,
  );
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const inside = 'mount --bind "$1" /etc/passwd && shift && exec "$@"';
  return spawn('unshare', ['--mount', 'sh', '-c', inside, 'sh', users, ...command], { env, stdio: 'ignore' });
}

async function listening(port: number, log: () => string): Promise<void> {
  for (const deadline = Date.now() + 10_000; ; ) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('close', () => undefined).on('connect', () => socket.destroy());
    });
    if (open) return;
    if (Date.now() > deadline) throw new Error(`sshd did not start: ${log()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The processes that serve connections, with what they started. */
function killChildren(pid: number | undefined): void {
  if (pid === undefined) return;
  const found = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' }).stdout;
  for (const child of found.split('\n').map(Number)) {
    if (child === 0) continue;
    killChildren(child);
    try {
      process.kill(child, 'SIGKILL');
    } catch {
      // Ended by itself.
    }
  }
}

/** The inputs that lead a step there. */
export function sshInputs({ address, knownHosts, key }: Sshd): Readonly<Record<string, string>> {
  return {
    transport: 'ssh',
    'ssh-host': address,
    'ssh-known-hosts': knownHosts,
    'deploy-secrets': JSON.stringify({ 'ssh-key': key }),
  };
}
