// A private image registry on loopback, with a password, for the length of one rehearsal.
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@headgate/kit/clock';
import type { Http } from '@headgate/kit/http';
import { freePorts } from './free-port.js';
import { PartError } from './part-error.js';
import { startServer } from './server-process.js';

export interface RegistryPart {
  /** `127.0.0.1:PORT`, as in image references. */
  readonly host: string;
  readonly username: string;
  readonly password: string;
  /** The digest a tag or digest points at; null when there is no such manifest. */
  digestOf(repository: string, reference: string): Promise<string | null>;
  /** Tags of a repository, sorted; empty when nothing was published. */
  tags(repository: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export interface RegistryOptions {
  readonly directory: string;
  /** `docker-registry` or `registry`, as found on this machine. */
  readonly program: string;
  readonly username: string;
  readonly http: Http;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string>>;
  /** Images that a former registry left, and the port under whose name they are known. */
  readonly former?: { readonly storage: string; readonly port: number };
}

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/**
 * Starts the registry with a fresh random password.
 * @throws {PartError} `tool-missing`, `part-not-ready`
 */
export async function startRegistry(options: RegistryOptions): Promise<RegistryPart> {
  const { username, former } = options;
  const [port = 0] = former === undefined ? await freePorts(1) : [former.port];
  if (former !== undefined) await takeImages(former.storage, options.directory);
  const host = `127.0.0.1:${port}`;
  const password = randomBytes(18).toString('base64url');
  const configuration = await writeConfiguration(options.directory, host, { username, password });
  const server = await startServer(
    {
      name: 'registry',
      file: options.program,
      args: ['serve', configuration],
      env: options.env,
      cwd: options.directory,
      logFile: join(options.directory, 'registry.log'),
      ready: () => answers(options.http, host),
      deadlineMs: 10_000,
    },
    options.clock,
  );
  return {
    host,
    username,
    password,
    ...reader(options.http, host, { username, password }),
    stop: () => server.stop(),
  };
}

/** A copy, so that nothing is lost when this registry is killed. */
async function takeImages(storage: string, directory: string): Promise<void> {
  const target = join(directory, 'registry');
  await cp(storage, target, { recursive: true, mode: constants.COPYFILE_FICLONE }).catch((error: unknown) => {
    // A rehearsal that published nothing leaves no folder.
    if (typeof error !== 'object' || error === null || !('code' in error) || error.code !== 'ENOENT')
      throw error;
  });
}

interface Account {
  readonly username: string;
  readonly password: string;
}

async function writeConfiguration(directory: string, host: string, account: Account): Promise<string> {
  const bcrypt = await import('bcryptjs');
  const accounts = join(directory, 'htpasswd');
  const configuration = join(directory, 'registry.yml');
  await mkdir(directory, { recursive: true });
  // The lowest cost: the registry checks the password on every request, and the file lives for minutes.
  await writeFile(accounts, `${account.username}:${await bcrypt.hash(account.password, 4)}\n`, {
    mode: 0o600,
  });
  await writeFile(configuration, registryConfiguration(directory, host));
  return configuration;
}

/** The registry's own configuration file; JSON is YAML. */
export function registryConfiguration(directory: string, host: string): string {
  return JSON.stringify({
    version: '0.1',
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(directory, 'registry') }, delete: { enabled: true } },
    http: { addr: host, secret: randomBytes(16).toString('hex') },
    auth: { htpasswd: { realm: 'rehearsal', path: join(directory, 'htpasswd') } },
  });
}

async function answers(http: Http, host: string): Promise<boolean> {
  try {
    const response = await http({ url: `http://${host}/v2/`, timeoutMs: 1_000 });
    response.body.resume();
    return response.status === 401;
  } catch {
    return false;
  }
}

function reader(http: Http, host: string, account: Account): Pick<RegistryPart, 'digestOf' | 'tags'> {
  const authorization = `Basic ${Buffer.from(`${account.username}:${account.password}`).toString('base64')}`;
  return {
    digestOf: async (repository, reference) => {
      const url = `http://${host}/v2/${repository}/manifests/${reference}`;
      const response = await http({ url, method: 'HEAD', headers: { authorization, accept: manifestTypes } });
      response.body.resume();
      if (response.status === 404) return null;
      if (response.status !== 200) throw refused(url, response.status);
      return response.headers['docker-content-digest'] || null;
    },
    tags: async (repository) => {
      const url = `http://${host}/v2/${repository}/tags/list`;
      const response = await http({ url, headers: { authorization } });
      const body = await response.json();
      if (response.status === 404) return [];
      if (response.status !== 200) throw refused(url, response.status);
      return tagList(body);
    },
  };
}

function tagList(body: unknown): readonly string[] {
  const tags = typeof body === 'object' && body !== null && 'tags' in body ? body.tags : null;
  return Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string').sort() : [];
}

function refused(url: string, status: number): PartError {
  return new PartError({
    code: 'part-refused',
    message: `${url} answered ${status}`,
    hint: 'Read registry.log in the rehearsal folder (keep it with --keep).',
  });
}
