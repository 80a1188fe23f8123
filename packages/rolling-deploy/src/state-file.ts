// The file that HAProxy reads a backend's slots from when it is loaded anew. The proxy itself says where it is, so that what
// is written and what is read cannot differ.
import { stateVariable } from '@headgate/kit/haproxy-state';
import { DeployError } from './errors.js';
import { hasNamedSlots, parseServersState } from './proxy-answers.js';
import type { HostFiles } from './transport.js';

export interface KeeperOptions {
  /** One command to the proxy's runtime socket. */
  readonly ask: (command: string) => Promise<string>;
  readonly files: Pick<HostFiles, 'replace'>;
  readonly backend: string;
  readonly log: StateLog;
}

export interface StateLog {
  info(line: string): void;
  warning(line: string): void;
}

/** Writes what the proxy knows now. Never rejects: a full disk must not keep anybody from going back; it is said once. */
export function stateKeeper({ ask, files, backend, log }: KeeperOptions): () => Promise<void> {
  let place: Promise<string | null> | null = null;
  let isSaid = false;
  let kept = '';
  const say = (how: keyof StateLog, line: string): void => {
    if (!isSaid) log[how](line);
    isSaid = true;
  };
  return async () => {
    let path: string | null = null;
    try {
      place ??= ask(`show env ${stateVariable(backend)}`).then((answer) => pathIn(answer, backend));
      path = await place;
      if (path === null) {
        say(
          'info',
          `the proxy keeps no state file for ${backend}: a reload of it forgets who serves. \`headgate proxy\` writes a configuration that does.`,
        );
        return;
      }
      const state = await ask(`show servers state ${backend}`);
      // What is no state, such as a refusal, must not take the place of one.
      const slots = JSON.stringify(parseServersState(state));
      // Else each look would be a write, which is a process on a host by ssh.
      if (slots === kept) return;
      await files.replace(path, state);
      kept = slots;
    } catch (error) {
      if (path === null) place = null;
      say(
        'warning',
        `the state of ${backend} was not written${path === null ? '' : ` to ${path}`}, so a reload of the proxy would bring an earlier one back: ${error instanceof Error ? error.message : String(error)}. Let the user that deploys write into that folder.`,
      );
    }
  };
}

/**
 * HAProxy 2.6 reads the address of a slot back from the file only where its configuration gives it a host name; the port
 * it always reads. @throws {DeployError} proxy-refused
 */
export async function refuseForgetful(backend: string, ask: KeeperOptions['ask']): Promise<void> {
  const path = pathIn(await ask(`show env ${stateVariable(backend)}`), backend);
  if (path === null || hasNamedSlots(await ask(`show servers state ${backend}`))) return;
  throw new DeployError({
    code: 'proxy-refused',
    message: `slots of ${backend} with a host name were expected, as their addresses are kept by name only, and they have none: loading the proxy anew would lead them to 127.0.0.1`,
    hint: 'Write the section anew with headgate proxy and reload HAProxy, or use reach: port.',
  });
}

/** Null when the proxy was not told of any. */
function pathIn(answer: string, backend: string): string | null {
  const [line = ''] = answer.split('\n');
  const beginning = `${stateVariable(backend)}=`;
  const path = line.startsWith(beginning) ? line.slice(beginning.length).trim() : '';
  return /^\/[A-Za-z0-9._/:+=@-]+$/.test(path) ? path : null;
}
