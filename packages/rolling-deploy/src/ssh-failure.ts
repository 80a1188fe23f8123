// Why a connection did not come to be, out of ssh's own words.
import { DeployError } from './errors.js';
import { knownName, type SshAddress, showAddress } from './ssh-address.js';

const hostKey =
  /host key verification failed|host identification has changed|host key is known for|revoked host key/i;
const changed = /identification has changed|revoked/i;
const refused =
  /permission denied|too many authentication failures|no more authentication methods|load key|error in libcrypto|invalid format|incorrect passphrase|no such identity/i;

/** `words` is the log of ssh, in the C locale; hostile in part (a server may say what it likes). */
export function sshFailure(address: SshAddress, words: string): DeployError {
  const host = showAddress(address);
  const last = lastWords(words);
  if (hostKey.test(words)) return wrongKey(address, words);
  if (refused.test(words))
    return new DeployError({
      code: 'ssh-auth-refused',
      message: `${host} does not let this key in: ${last}`,
      hint: `Put the public half into ~${address.user}/.ssh/authorized_keys on the host, and the private one, without a passphrase, into deploy-secrets.`,
    });
  return new DeployError({
    code: 'ssh-unreachable',
    message: `${host} cannot be reached: ${last}`,
    hint: 'Check name and port, that sshd runs there, and that this runner’s network leads to it.',
  });
}

function wrongKey(address: SshAddress, words: string): DeployError {
  const name = knownName(address);
  const found = changed.test(words)
    ? `shows another key than the one pinned for ${name}`
    : `shows a key that is not pinned: ${name} stands in no line of its type`;
  return new DeployError({
    code: 'ssh-host-key',
    message: `${showAddress(address)} ${found}; nothing was sent to it`,
    hint: 'If the host was set up anew, compare its keys on the host itself (/etc/ssh/ssh_host_*_key.pub) and correct ssh-known-hosts; if not, somebody is in between.',
  });
}

/** sshd says no to every stream of a connection that it let in. */
export function forwardingRefused(address: SshAddress, what: string): DeployError {
  return new DeployError({
    code: 'ssh-forwarding-refused',
    message: `sshd on ${showAddress(address)} forwards nothing to ${what}, although it is there`,
    hint: 'Set AllowTcpForwarding and AllowStreamLocalForwarding to yes or local in sshd_config, and take restrict, no-port-forwarding and command= out of the key’s line in authorized_keys.',
  });
}

export function socketDenied(address: SshAddress, path: string): DeployError {
  return new DeployError({
    code: 'socket-denied',
    message: `${showAddress(address)} may not open ${path}`,
    hint: `Add ${address.user} to the group that owns the socket on the host (ls -l ${path}); for Docker: usermod -aG docker ${address.user}. It counts from the next connection on.`,
  });
}

/** The last lines that say something, on one line. */
export function lastWords(words: string): string {
  const lines = words
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => /[A-Za-z]/.test(line) && !/^warning: permanently added/i.test(line));
  return lines.slice(-2).join('; ').slice(-300) || 'ssh said nothing';
}
