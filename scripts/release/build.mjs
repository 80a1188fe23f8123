// The files of a release, made from a checkout whose bundles are proved to be what its sources build.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pack } from '../pack/tarball.mjs';
import { runChild } from '../workspace/child.mjs';
import { builtNames, schemaFiles } from './assets.mjs';
import { checksumFile, writeChecksums } from './checksums.mjs';
import { checkManifests } from './manifests.mjs';
import { ReleaseProblem } from './problem.mjs';

/** @typedef {{ root: string, version: string, out: string, log: (line: string) => void }} BuildOrder */

/** Every bundle is built again, whatever the cache knows. @param {BuildOrder} order @throws {ReleaseProblem} */
export async function checkBundles({ root, log }) {
  const script = join(root, 'scripts', 'build.mjs');
  const result = await runChild(process.execPath, [script, '--check', '--force'], { cwd: root, onLine: log });
  if (result.code === 0) return;
  throw new ReleaseProblem(
    'every committed bundle was expected to be what its sources build; see the lines above',
    'On the release branch: npm run build, then commit packages/*/dist.',
  );
}

/**
 * Fills an empty folder. The attestation joins them later.
 * @param {BuildOrder} order
 * @throws {ReleaseProblem}
 */
export async function makeAssets({ root, version, out, log }) {
  checkManifests(root, version);
  mkdirSync(out, { recursive: true });
  if (readdirSync(out).length > 0)
    throw new ReleaseProblem(`${out} was expected to be empty`, 'Name another folder with --out.');
  await pack(root, out);
  for (const path of schemaFiles) copyFileSync(join(root, path), join(out, basename(path)));
  const files = builtNames(version).map((name) => ({ name, bytes: readFileSync(join(out, name)) }));
  writeFileSync(join(out, checksumFile), writeChecksums(files));
  for (const { name, bytes } of files) log(`  ${name.padEnd(28)} ${bytes.length} bytes`);
}
