// A host reached by ssh: its sockets and ports become sockets here, its files are reached by fixed scripts.
import type { Deps } from '@headgate/kit/deps';
import { createHttp } from '@headgate/kit/http';
import { DeployError } from './errors.js';
import { askSocket, engineAddress, sendTo } from './local-transport.js';
import { checkKnownHosts, type SshAccess } from './ssh-access.js';
import { showAddress } from './ssh-address.js';
import { connectionCode, createConnection, type SshConnection } from './ssh-connection.js';
import { forwardingRefused } from './ssh-failure.js';
import { sshFiles } from './ssh-files.js';
import { connectionFolder, createFolder, sshFolder } from './ssh-folder.js';
import { explainSocket } from './ssh-socket.js';
import type { Transport } from './transport.js';
import { readWorkspaceFile } from './wish.js';

export interface SshOptions {
  readonly access: SshAccess;
  /** As the host sees them: a socket's path or an http address, and HAProxy's stats socket. */
  readonly engine: string;
  readonly proxySocket: string;
}

export type SshDeps = Pick<Deps, 'run' | 'clock' | 'signal' | 'temporary' | 'context' | 'env'>;

/** Opens nothing until it is used. */
export function connectSsh(options: SshOptions, deps: SshDeps): Transport {
  const { access, engine, proxySocket } = options;
  const { address } = access;
  const host = showAddress(address);
  const folderPath = connectionFolder(sshFolder(deps.temporary), `${host} ${engine} ${proxySocket}`);
  const connection = createConnection({
    address,
    run: deps.run,
    clock: deps.clock,
    signal: deps.signal,
    folderPath,
    openFolder: async () => {
      if (access.key === null && (deps.env['SSH_AUTH_SOCK'] ?? '') === '') throw noKey(host);
      return createFolder(folderPath, { knownHosts: await knownHostsOf(access, deps), key: access.key });
    },
  });
  const http = createHttp();
  const { base, socketPath } = engineAddress(engine);
  const remote = socketPath ?? remotePort(base);
  const through = createThrough(connection, access);
  return {
    host,
    engine: (request) => through(remote, (local) => sendTo(http, { base, socketPath: local }, request)),
    proxy: (command, timeoutMs) => through(proxySocket, (local) => askSocket(local, command, timeoutMs)),
    request: (endpoint, { path, ...request }) =>
      through(endpoint, (socketPath) => http({ ...request, url: `http://${endpoint}${path}`, socketPath })),
    ask: (endpoint, path, timeoutMs) =>
      through(endpoint, async (local) => {
        const url = `http://${endpoint}${path}`;
        const response = await http({ url, socketPath: local, timeoutMs });
        response.body.on('error', () => undefined).destroy();
        return response.status;
      }),
    files: sshFiles(host, (text, input) => connection.script(text, input)),
    close: () => connection.close(),
  };
}

function noKey(host: string): DeployError {
  return new DeployError({
    code: 'secrets-missing',
    message: `there is no key for ${host}: deploy-secrets has no member ssh-key, and SSH_AUTH_SOCK names no agent`,
    hint: 'Add the private key to the secret DEPLOY_SECRETS as ssh-key, or name one under environment with ssh-key.',
  });
}

async function knownHostsOf({ knownHosts }: SshAccess, { context }: Pick<Deps, 'context'>): Promise<string> {
  if ('text' in knownHosts) return knownHosts.text;
  const input = 'ssh-known-hosts';
  return checkKnownHosts(await readWorkspaceFile(context.workspace, knownHosts.file, input), input);
}

type Through = <T>(remote: string, work: (local: string) => Promise<T>) => Promise<T>;

/** The connection that sshd made for us ended before there was any answer. */
const cut: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

function createThrough(connection: SshConnection, { address }: SshAccess): Through {
  const answered = new Set<string>();
  return async (remote, work) => {
    try {
      const answer = await connection.through(remote, work);
      answered.add(remote);
      return answer;
    } catch (error) {
      // What has answered before is allowed: it restarts, and is asked again by whoever waits for it.
      if (!cut.has(connectionCode(error)) || answered.has(remote)) throw error;
      if (remote.startsWith('/'))
        throw await explainSocket({ address, path: remote, error }, (text, input) =>
          connection.script(text, input),
        );
      if (/administratively prohibited/.test(await connection.words()))
        throw forwardingRefused(address, remote);
      throw error;
    }
  };
}

function remotePort(base: string): string {
  const { hostname, port, protocol } = new URL(base);
  return `${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`;
}
