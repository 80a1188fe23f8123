// The login that `docker login` has left on this machine.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Credentials } from '@headgate/kit/registry/login';
import { type Json, object } from './json.js';

/** Docker Hub is kept under the address of its first API (docker CLI, `registry.IndexServer`). */
const hubKey = 'https://index.docker.io/v1/';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * From `auths` of `config.json` in DOCKER_CONFIG or ~/.docker; null when there is none for the host. Credential helpers
 * are not asked: they are programs that a configuration file names.
 */
export async function dockerAccount(host: string, env: Environment): Promise<Credentials | null> {
  const config = await readDockerConfig(env);
  for (const key of accountKeys(host)) {
    const found = storedAccount(config, key);
    if (found !== null) return found;
  }
  return null;
}

/** Empty without a readable file: then nobody is logged in, and the registry says whether that is enough. */
export async function readDockerConfig(env: Environment): Promise<Json> {
  const folder = env['DOCKER_CONFIG'] || join(env['HOME'] ?? '', '.docker');
  try {
    return object(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')));
  } catch {
    return {};
  }
}

/** Names under which a host's login may stand. */
export function accountKeys(host: string): readonly string[] {
  const isHub = host === 'docker.io' || host === 'index.docker.io';
  return isHub ? [hubKey, 'docker.io', 'index.docker.io'] : [host, `https://${host}`];
}

/** Base64 of `user:password` (docker CLI, configfile). Identity tokens are for one token service only: not used. */
export function storedAccount(config: Json, key: string): Credentials | null {
  const { auth } = object(object(config['auths'])[key]);
  if (typeof auth !== 'string' || auth === '') return null;
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const at = text.indexOf(':');
  return at < 1 ? null : { username: text.slice(0, at), password: text.slice(at + 1).replace(/\0+$/, '') };
}
