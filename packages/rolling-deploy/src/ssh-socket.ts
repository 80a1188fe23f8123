// Why a socket of a host gives no answer through ssh: sshd tells a missing socket, a forbidden one and a forbidden
// forwarding with the same words ("open failed", serverloop.c), so the host itself is asked.

import type { SshAddress } from './ssh-address.js';
import { forwardingRefused, lastWords, socketDenied } from './ssh-failure.js';
import type { RunScript } from './ssh-files.js';

/** `/proc/net/unix` may be read by everybody; HAProxy binds its socket under a longer name and renames it. */
const look =
  'IFS= read -r p; [ -e "$p" ] || { echo missing; exit; }; [ -S "$p" ] || { echo other; exit; }; [ -r "$p" ] && [ -w "$p" ] || { echo denied; exit; }; q=$(readlink -f -- "$p" || echo "$p"); if grep -qF -e "$p" -e "$q" /proc/net/unix 2>/dev/null; then echo bound; else echo silent; fi';

/** The error to report instead of `error`, which a connection to `path` ended with before any answer. */
export async function explainSocket(
  { address, path, error }: { readonly address: SshAddress; readonly path: string; readonly error: unknown },
  script: RunScript,
): Promise<unknown> {
  const { code, stdout, stderr } = await script(look, `${path}\n`);
  if (code !== 0) return new Error(`${path} could not be looked at: ${lastWords(stderr)}`, { cause: error });
  switch (stdout.trim()) {
    case 'missing':
      return new Error(`there is no ${path}`, { cause: error });
    case 'other':
      return new Error(`${path} is no socket`, { cause: error });
    case 'denied':
      return socketDenied(address, path);
    case 'bound':
      return forwardingRefused(address, path);
    case 'silent':
      return new Error(`nobody listens on ${path}`, { cause: error });
    default:
      return error;
  }
}
