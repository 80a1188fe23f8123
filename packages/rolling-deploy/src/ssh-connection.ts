// What a connection by ssh can do: lead to sockets and ports of the host, and run a script of ours there.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { CommandResult } from '@headgate/kit/process';
import { systemCode } from './errors.js';
import { showAddress } from './ssh-address.js';
import { callSsh } from './ssh-call.js';
import { lastWords } from './ssh-failure.js';
import {
  controlDeadlineMs,
  keepMaster,
  type Master,
  type MasterKeeper,
  type MasterOptions,
} from './ssh-master.js';

export interface SshConnection extends Pick<MasterKeeper, 'close' | 'words'> {
  /**
   * Does `work` with a local socket that leads to a socket's path or `host:port` as the host sees it; once more with
   * another when that socket was dead, because nothing was sent then. @throws {DeployError} and what `work` throws
   */
  through<T>(remote: string, work: (local: string) => Promise<T>): Promise<T>;
  /**
   * Runs a shell script that is a constant of ours; what varies goes in by `input`. The first one on a connection also
   * makes sshd send small packets at once, which it does not for forwarding alone (a proxy command took 44 ms, then 0.6).
   * @throws {DeployError}
   */
  script(text: string, input: string): Promise<CommandResult>;
}

const scriptDeadlineMs = 20_000;
/** Codes of an attempt in which nothing was sent: the connection to our own socket failed. */
const unsent: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOENT', 'connect ECONNRESET']);

export function createConnection(options: MasterOptions): SshConnection {
  const { use, retire, close, words } = keepMaster(options);
  return {
    close,
    words,
    through: async (remote, work) => {
      const master = await use();
      try {
        return await work(await forward(remote, master, options));
      } catch (error) {
        if (!unsent.has(connectionCode(error))) throw error;
        // Killed, and its sockets are dead with it.
        await retire(master);
        return work(await forward(remote, await use(), options));
      }
    },
    script: async (text, input) => {
      const { folder } = await use();
      const command = [`exec /bin/sh -c '${text}'`];
      return callSsh(options, folder, { command, input, timeoutMs: scriptDeadlineMs });
    },
  };
}

/**
 * `ECONNRESET` … of what a socket or an HTTP client threw, `connect ECONNRESET` when it was never connected: a master that
 * ends takes those with it that wait at its socket. '' for anything else.
 */
export function connectionCode(error: unknown): string {
  const own = socketCode(error);
  if (own.startsWith('E') || own.startsWith('connect ')) return own;
  return error instanceof Error && error.cause !== undefined ? socketCode(error.cause) : '';
}

function socketCode(error: unknown): string {
  const code = systemCode(error);
  const isConnecting = error instanceof Error && 'syscall' in error && error.syscall === 'connect';
  return code === 'ECONNRESET' && isConnecting ? `connect ${code}` : code;
}

function forward(remote: string, { folder, forwards }: Master, options: MasterOptions): Promise<string> {
  const known = forwards.get(remote);
  if (known !== undefined) return known;
  const local = join(folder.path, randomBytes(4).toString('hex'));
  const asking = askForward(remote, { local, folder, options });
  forwards.set(remote, asking);
  asking.catch(() => forwards.delete(remote));
  return asking;
}

async function askForward(
  remote: string,
  { local, folder, options }: { local: string; folder: Master['folder']; options: MasterOptions },
): Promise<string> {
  const more = ['-O', 'forward', '-L', `${local}:${remote}`];
  const { code, stderr } = await callSsh(options, folder, { more, timeoutMs: controlDeadlineMs });
  if (code === 0) return local;
  // A master that was killed: its sockets are there and nobody listens, as for the sockets it made.
  const dead = /control socket connect|no such file/i.test(stderr);
  const message = `${showAddress(options.address)}: no way to ${remote}: ${lastWords(stderr)}`;
  throw Object.assign(new Error(message), dead ? { code: 'ECONNREFUSED' } : {});
}
