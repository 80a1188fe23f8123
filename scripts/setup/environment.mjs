// What set-up found, kept in .cache/headgate/environment.json, and the environment that children get of it.
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runChild } from '../workspace/child.mjs';
import { cache } from '../workspace/paths.mjs';

/** @typedef {import('./tools.mjs').Found} Found */
/**
 * @typedef {object} Environment
 * @property {number} schemaVersion
 * @property {string[]} path folders that come first on PATH
 * @property {Record<string, string>} variables
 * @property {'own' | 'private' | null} engine null: none is there, nor was wanted
 * @property {Record<string, Found>} tools
 */

/** A file of another version is as good as none. */
const schemaVersion = 1;
const file = join(cache, 'environment.json');

/** The last result, null when there is none that can be read. @returns {Environment | null} */
export function readEnvironment() {
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8'));
    return kept.schemaVersion === schemaVersion ? kept : null;
  } catch {
    return null;
  }
}

/** @param {ReadonlyMap<string, Found>} found @returns {Promise<Environment>} */
export async function writeEnvironment(found) {
  const all = [...found.values()];
  const environment = {
    schemaVersion,
    path: [...new Set(all.flatMap((item) => item.path ?? []))].filter((folder) => folder !== '/usr/bin'),
    variables: Object.assign(await describeCertificates(), ...all.map((item) => item.variables ?? {})),
    engine: all.find((item) => item.engine)?.engine ?? null,
    tools: Object.fromEntries(found),
  };
  mkdirSync(cache, { recursive: true });
  writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(environment, null, 2)}\n`);
  renameSync(`${file}.${process.pid}`, file);
  return environment;
}

/** Where npm is told of further certificate authorities, builds need them too: a folder that holds them alone. */
async function describeCertificates() {
  const former = readEnvironment();
  const known = former?.variables.CERTIFICATES;
  if (known === '' || (known && existsSync(known))) return { CERTIFICATES: known };
  const asked =
    process.env.NODE_EXTRA_CA_CERTS ?? (await runChild('npm', ['config', 'get', 'cafile'])).output.trim();
  const source = asked.split('\n').at(-1) ?? '';
  if (!source.startsWith('/') || !existsSync(source)) return { CERTIFICATES: '' };
  const folder = join(cache, 'certificates');
  mkdirSync(folder, { recursive: true });
  copyFileSync(source, join(folder, 'ca-certificates.crt'));
  return { CERTIFICATES: folder };
}

/**
 * @param {Environment} environment
 * @returns {Record<string, string | undefined>} for children
 */
export function childVariables(environment) {
  const path = [...environment.path, process.env.PATH ?? ''].join(delimiter);
  return { ...process.env, ...environment.variables, PATH: path };
}
