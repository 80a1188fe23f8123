// A registry on loopback that asks for a password, holding one image that the engine does not have.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuiltImage, docker, freePort, until } from './host.js';

export const username = 'deployer';
export const password = 'a pull password of this test';
/** bcrypt of the password, cost 4. */
const account = `${username}:$2b$04$pKtJaAt.NY/P9F.PDgPNMuI4BsvyLYMnXxOvDxBdM33WD6yK2dgZW`;

export interface PrivateRegistry {
  readonly image: BuiltImage;
  readonly host: string;
  /** The folder of a docker client that is logged in: a place where the password does stand. */
  readonly client: string;
  close(): void;
}

/** Null when it can be started, else what is missing. */
export function missingRegistry(): string | null {
  try {
    execFileSync('docker-registry', ['--version'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'no docker-registry (apt-get install docker-registry)';
  }
}

/** Starts it, pushes `image` there, and takes every name of it away from the engine. */
export async function startPrivateRegistry(image: BuiltImage): Promise<PrivateRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-private-'));
  const host = `127.0.0.1:${await freePort()}`;
  const child = await serve(folder, host);
  const name = `${host}/acme/app`;
  // The client's login is kept in this folder alone: the engine must not know it afterwards.
  const client = (...args: string[]): Buffer =>
    execFileSync('docker', ['--config', join(folder, 'client'), ...args], { input: password, stdio: 'pipe' });
  mkdirSync(join(folder, 'client'));
  client('login', '--username', username, '--password-stdin', host);
  docker('tag', image.reference, `${name}:it`);
  client('push', '--quiet', `${name}:it`);
  docker('rmi', `${name}:it`);
  return {
    host,
    client: join(folder, 'client'),
    image: { reference: `${name}@${image.digest}`, digest: image.digest },
    close: () => {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Files below a folder whose bytes hold the password, plain or as the engine's API and clients encode it. */
export function filesWithPassword(folder: string): readonly string[] {
  const forms = [password, ...encoded(`${username}:${password}`), ...encoded(password)];
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => {
      const text = readFileSync(file, 'latin1');
      return forms.some((form) => text.includes(form));
    });
}

function encoded(text: string): readonly string[] {
  return [Buffer.from(text).toString('base64'), Buffer.from(text).toString('base64url')];
}

async function serve(folder: string, host: string): Promise<ChildProcess> {
  writeFileSync(join(folder, 'htpasswd'), `${account}\n`);
  const configuration = {
    version: 0.1,
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: host },
    auth: { htpasswd: { realm: 'test', path: join(folder, 'htpasswd') } },
  };
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(configuration));
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await until(() => said.includes('listening on'));
  return child;
}
