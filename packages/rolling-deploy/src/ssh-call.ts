// One call of the system's ssh, with our options, a deadline, and words that can be compared.
import type { CommandResult, RunCommand } from '@headgate/kit/process';
import type { SshAddress } from './ssh-address.js';
import { sshArguments } from './ssh-arguments.js';
import type { SshFolder } from './ssh-folder.js';

export interface SshHost {
  readonly address: SshAddress;
  readonly run: RunCommand;
  /** Ends the first opening; what is open is closed by `close` alone, because an undo needs it. */
  readonly signal: AbortSignal;
}

export interface SshCall {
  readonly more?: readonly string[];
  readonly command?: readonly string[];
  readonly input?: string;
  readonly timeoutMs: number;
  readonly cancellable?: boolean;
}

const mostOutput = 1024 * 1024;

/** Any exit code is a result; 255 is ssh's own. @throws {ActionError} `tool-missing`, `command-timed-out` */
export function callSsh(
  { address, run, signal }: SshHost,
  folder: SshFolder,
  { more = ['-o', 'ControlMaster=no'], command = [], input, timeoutMs, cancellable = false }: SshCall,
): Promise<CommandResult> {
  const args = sshArguments(address, folder, more, command);
  const request = { file: 'ssh', args, env: { LC_ALL: 'C' }, ...(input === undefined ? {} : { input }) };
  const ends = cancellable && !signal.aborted ? { signal } : {};
  return run(request, { timeoutMs, maxBytes: mostOutput, ...ends });
}
