// The private folder of a step's connections: key, pinned hosts, sockets. Its path is short, because that of a socket has
// room for 107 bytes (sun_path in unix(7)), of which ssh wants 17 for itself while it makes one.
import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from './errors.js';

const shape = /^\/tmp\/headgate-ssh-[0-9a-f]{16}$/;

/** The folder that belongs to a step's own temporary folder: its post step finds it by this name. */
export function sshFolder(temporary: string): string {
  return `/tmp/headgate-ssh-${createHash('sha256').update(temporary).digest('hex').slice(0, 16)}`;
}

export interface SshFolder {
  readonly path: string;
  readonly control: string;
  readonly log: string;
  readonly knownHosts: string;
  /** '' when the agent answers for us. */
  readonly key: string;
}

/** Of one connection of a step, by a name that no other of its connections has. */
export function connectionFolder(parent: string, name: string): string {
  return join(parent, createHash('sha256').update(name).digest('hex').slice(0, 8));
}

/** Makes it with what ssh reads in it. @throws {Error} when it is there already and not ours alone */
export async function createFolder(
  path: string,
  { knownHosts, key }: { readonly knownHosts: string; readonly key: string | null },
): Promise<SshFolder> {
  await ownFolder(join(path, '..'));
  await ownFolder(path);
  const folder = {
    path,
    control: join(path, 'c'),
    log: join(path, 'log'),
    knownHosts: join(path, 'known_hosts'),
    key: key === null ? '' : join(path, 'key'),
  };
  await write(folder.knownHosts, knownHosts);
  // ssh takes no key without a line break at its end, and that is what a form or YAML loses first.
  if (key !== null) await write(folder.key, `${key.replaceAll('\r\n', '\n').trim()}\n`);
  return folder;
}

export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  // Others of the same step may still be open.
  await rmdir(join(path, '..')).catch(() => undefined);
}

/** Folders of connections that a killed step left; none for a text that is no such folder. */
export async function leftFolders(parent: string): Promise<readonly string[]> {
  if (!shape.test(parent)) return [];
  const names = await readdir(parent).catch(() => []);
  return names.map((name) => join(parent, name));
}

async function ownFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    const found = await lstat(path);
    const ours = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
    if (!ours) throw new Error(`${path} is there already and is not this user’s alone`, { cause: error });
  }
}

async function write(path: string, text: string): Promise<void> {
  await rm(path, { force: true });
  await writeFile(path, text, { mode: 0o600, flag: 'wx' });
}
