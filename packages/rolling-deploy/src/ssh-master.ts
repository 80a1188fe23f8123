// The one connection of a step to a host: opened when it is first used, opened again when it was lost, ended in any case.
import { access, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@headgate/kit/clock';
import { ActionError } from '@headgate/kit/errors';
import type { RunCommand } from '@headgate/kit/process';
import { asDeployError, DeployError } from './errors.js';
import { showAddress } from './ssh-address.js';
import { persistSeconds } from './ssh-arguments.js';
import { callSsh, type SshHost } from './ssh-call.js';
import { sshFailure } from './ssh-failure.js';
import { removeFolder, type SshFolder } from './ssh-folder.js';

export interface Master {
  readonly folder: SshFolder;
  /** Local sockets by where they lead. */
  readonly forwards: Map<string, Promise<string>>;
}

export interface MasterKeeper {
  /** @throws {DeployError} ssh-unreachable, ssh-host-key, ssh-auth-refused */
  use(): Promise<Master>;
  /** Ends it unless it was ended already; the next use opens another. Never rejects. */
  retire(master: Master): Promise<void>;
  /** Ends it and removes its folder. Never rejects. */
  close(): Promise<void>;
  /** What ssh has said since it was opened. */
  words(): Promise<string>;
}

export interface MasterOptions extends SshHost {
  readonly clock: Clock;
  readonly folderPath: string;
  readonly openFolder: () => Promise<SshFolder>;
}

/** Milliseconds: for TCP, key exchange and authentication; for a word to the master; before another attempt. */
const openDeadlineMs = 25_000;
export const controlDeadlineMs = 5_000;
const pauseMs = 1_000;
/** Of a connection that was there before: a network that is away for a moment must not undo a deployment. */
const attempts = 4;

export function keepMaster(options: MasterOptions): MasterKeeper {
  let opening: Promise<Master> | null = null;
  let ending: Promise<void> = Promise.resolve();
  let last: Master | null = null;
  /** The last one until it is retired. */
  let current: Master | null = null;
  const open = (): Promise<Master> => {
    // Two under one name: the end of the one would be that of the other.
    opening ??= ending.then(() => openAgain(options, last === null ? 1 : attempts));
    const asked = opening;
    asked.then(
      (master) => {
        last = master;
        current = master;
      },
      // The next use tries again.
      () => {
        if (opening === asked) opening = null;
      },
    );
    return asked;
  };
  const retire = async (master: Master): Promise<void> => {
    // Whoever hears later that it is dead must not end the next one, which has its place and its name.
    if (master !== current) return ending;
    current = null;
    opening = null;
    ending = endMaster(master.folder, options);
    await ending;
  };
  return {
    use: async () => {
      const master = await open();
      if (await exists(master.folder.control)) return master;
      // Ended by itself: idle for long, or the network was away.
      await retire(master);
      return open();
    },
    retire,
    close: async () => {
      await opening?.catch(() => undefined);
      if (last !== null) await retire(last);
      await removeFolder(options.folderPath).catch(() => undefined);
    },
    words: async () => (last === null ? '' : readWords(last.folder)),
  };
}

/** Ends a master that a killed step left. Never rejects. */
export async function endLeftMaster(path: string, run: RunCommand): Promise<void> {
  const args = ['-F', 'none', '-o', `ControlPath=${join(path, 'c')}`, '-O', 'exit', '--', 'left'];
  await run({ file: 'ssh', args }, { timeoutMs: controlDeadlineMs }).catch(() => undefined);
  await removeFolder(path).catch(() => undefined);
}

async function openAgain(options: MasterOptions, most: number): Promise<Master> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await openMaster(options);
    } catch (error) {
      const passing = error instanceof DeployError && error.code === 'ssh-unreachable';
      if (!passing || attempt >= most) throw error;
      await options.clock.sleep(pauseMs);
    }
  }
}

async function openMaster(options: MasterOptions): Promise<Master> {
  const { address, openFolder } = options;
  const doing = `the connection to ${showAddress(address)} could not be prepared`;
  const folder = await openFolder().catch((error: unknown) => {
    if (error instanceof ActionError) throw error;
    throw asDeployError(error, 'ssh-unreachable', doing);
  });
  await rm(folder.log, { force: true });
  const persist = `ControlPersist=${persistSeconds}`;
  const more = ['-E', folder.log, '-f', '-N', '-o', 'ControlMaster=yes', '-o', persist];
  const call = { more, timeoutMs: openDeadlineMs, cancellable: true };
  const { code, stderr } = await callSsh(options, folder, call).catch((error: unknown) => {
    if (!(error instanceof ActionError) || error.code !== 'command-timed-out') throw error;
    return { code: 255, stderr: `no connection within ${openDeadlineMs / 1000} s` };
  });
  if (code === 0) return { folder, forwards: new Map() };
  throw sshFailure(address, `${await readWords(folder)}\n${stderr}`);
}

async function endMaster(folder: SshFolder, options: MasterOptions): Promise<void> {
  const call = { more: ['-O', 'exit'], timeoutMs: controlDeadlineMs };
  await callSsh(options, folder, call).catch(() => undefined);
  await rm(folder.control, { force: true });
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function readWords({ log }: SshFolder): Promise<string> {
  return readFile(log, 'utf8').then(
    (text) => text.slice(-16_384),
    () => '',
  );
}
