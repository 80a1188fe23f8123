// The files of a release: which there are, and that each is the one that was built.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checksumFile, readChecksums, sha256 } from './checksums.mjs';
import { ReleaseProblem } from './problem.mjs';

/** Published schemas, by their path in the repository. */
export const schemaFiles = [
  'schemas/headgate.schema.json',
  'schemas/decision.schema.json',
  'schemas/entry.schema.json',
  'schemas/record.schema.json',
];

/**
 * @typedef {object} Asset
 * @property {string} name
 * @property {string} type of its content
 * @property {Uint8Array} bytes
 * @property {string | null} sha256 null: it may differ from one run to the next, its name counts
 */

/** @param {string} version */
export const packageName = (version) => `headgate-${version}.tgz`;

/** What the attestation's signature is in, for those who verify without a network. @param {string} version */
export const attestationName = (version) => `headgate-${version}.intoto.jsonl`;

/** Names that SHA256SUMS lists. @param {string} version */
export const builtNames = (version) => [
  packageName(version),
  ...schemaFiles.map((path) => path.slice(path.lastIndexOf('/') + 1)),
];

/** @param {string} name */
function typeOf(name) {
  if (name.endsWith('.tgz')) return 'application/gzip';
  return name.endsWith('.json') ? 'application/json' : 'text/plain';
}

/**
 * Everything a release must have, from one folder.
 * @param {string} folder
 * @param {string} version
 * @returns {Asset[]}
 * @throws {ReleaseProblem} naming every file that is missing, or that is not what the checksums say
 */
export function readAssets(folder, version) {
  const built = builtNames(version);
  const names = [...built, checksumFile, attestationName(version)];
  const missing = names.filter((name) => !existsSync(join(folder, name)));
  if (missing.length > 0) {
    throw new ReleaseProblem(
      `${folder} was expected to hold ${names.length} files; missing: ${missing.join(', ')}`,
      'Re-run the jobs that make them: files / build and files / attest.',
    );
  }
  const sums = readChecksums(readFileSync(join(folder, checksumFile), 'utf8'));
  return names.map((name) => {
    const bytes = readFileSync(join(folder, name));
    const digest = sha256(bytes);
    if (built.includes(name) && sums.get(name) !== digest) {
      throw new ReleaseProblem(
        `${name} was expected to be ${sums.get(name) ?? `listed in ${checksumFile}`}, it is ${digest}`,
        'Re-run the job files / build and those after it: what was attested is what must be published.',
      );
    }
    return { name, type: typeOf(name), bytes, sha256: name === attestationName(version) ? null : digest };
  });
}
