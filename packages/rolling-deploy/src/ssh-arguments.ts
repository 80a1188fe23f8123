// The options of every call of ssh: nothing of the user's or the system's own configuration counts.
import type { SshAddress } from './ssh-address.js';
import type { SshFolder } from './ssh-folder.js';

/** Seconds the master waits without anything open before it ends by itself: what a killed step leaves. */
export const persistSeconds = 300;
const connectSeconds = 10;

/** Options by name, as ssh_config(5) has them. */
export function optionsOf({ user, port }: SshAddress, folder: SshFolder): Readonly<Record<string, string>> {
  return {
    User: user,
    Port: String(port),
    ControlPath: folder.control,
    UserKnownHostsFile: folder.knownHosts,
    GlobalKnownHostsFile: '/dev/null',
    KnownHostsCommand: 'none',
    StrictHostKeyChecking: 'yes',
    UpdateHostKeys: 'no',
    VerifyHostKeyDNS: 'no',
    BatchMode: 'yes',
    PreferredAuthentications: 'publickey',
    IdentityFile: folder.key === '' ? 'none' : folder.key,
    IdentityAgent: folder.key === '' ? 'SSH_AUTH_SOCK' : 'none',
    ...(folder.key === '' ? {} : { IdentitiesOnly: 'yes' }),
    ForwardAgent: 'no',
    ForwardX11: 'no',
    PermitLocalCommand: 'no',
    RequestTTY: 'no',
    EscapeChar: 'none',
    ConnectTimeout: String(connectSeconds),
    ConnectionAttempts: '1',
    ServerAliveInterval: '10',
    ServerAliveCountMax: '3',
    StreamLocalBindMask: '0177',
    StreamLocalBindUnlink: 'yes',
    LogLevel: 'INFO',
  };
}

/** The argv of ssh: `-F none` and our options first, then `more`, then the host where no flag can stand. */
export function sshArguments(
  address: SshAddress,
  folder: SshFolder,
  more: readonly string[],
  command: readonly string[] = [],
): readonly string[] {
  const options = Object.entries(optionsOf(address, folder)).flatMap(([name, value]) => [
    '-o',
    `${name}=${value}`,
  ]);
  return ['-F', 'none', ...options, ...more, '--', address.host, ...command];
}
