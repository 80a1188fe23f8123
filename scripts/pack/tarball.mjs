// The package as a tarball: staged in a temporary folder, because npm packs only what lies below a package.json.
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runChild } from '../workspace/child.mjs';
import { packageFiles, packageManifest } from './contents.mjs';

/** @param {string} root @param {string} stage */
function fill(root, stage) {
  for (const path of packageFiles(root)) {
    mkdirSync(dirname(join(stage, path)), { recursive: true });
    cpSync(join(root, path), join(stage, path));
    // The same bytes whatever umask the checkout was made with.
    chmodSync(join(stage, path), path === 'packages/cli/dist/index.js' ? 0o755 : 0o644);
  }
  cpSync(join(root, 'packages', 'cli', 'README.md'), join(stage, 'README.md'));
  writeFileSync(join(stage, 'package.json'), packageManifest(root));
}

/**
 * @param {string} root the checkout, with its bundles built
 * @param {string} out an existing folder
 * @returns {Promise<string>} the tarball's path
 */
export async function pack(root, out) {
  const stage = mkdtempSync(join(tmpdir(), 'headgate-pack-'));
  try {
    fill(root, stage);
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', out];
    const result = await runChild('npm', args, { cwd: stage, deadlineMs: 120_000 });
    const name = /"filename":\s*"([^"]+)"/.exec(result.output)?.[1];
    if (result.code !== 0 || !name) throw new Error(`npm pack failed:\n${result.output.trim()}`);
    return join(out, name);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}
