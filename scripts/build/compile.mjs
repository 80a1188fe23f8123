// Step one of a bundle: TypeScript to ES modules in out/, beside the JSON files that the sources read.
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runChild } from '../workspace/child.mjs';
import { listFiles } from '../workspace/fingerprint.mjs';

/**
 * Compiles the packages that the bundles contain; incremental by TypeScript's own build information.
 * @param {string} root
 * @param {readonly import('./bundles.mjs').Bundle[]} bundles
 * @returns {Promise<string | null>} what failed, null when nothing did
 */
export async function compile(root, bundles) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const projects = bundles.map((bundle) => join('packages', bundle.name));
  const result = await runChild(process.execPath, [tsc, '-b', ...projects], { cwd: root });
  if (result.code !== 0) return `tsc -b failed:\n${shorten(result.output)}`;
  for (const name of new Set(bundles.flatMap((bundle) => bundle.packages)))
    copyData(join(root, 'packages', name));
  return null;
}

/** The first errors are the ones to look at. @param {string} output */
function shorten(output) {
  const lines = output.trim().split('\n');
  const more = lines.length > 20 ? [`… and ${lines.length - 20} lines more: npx tsc -b`] : [];
  return [...lines.slice(0, 20), ...more].join('\n');
}

/** tsc leaves behind what is not TypeScript. @param {string} folder */
function copyData(folder) {
  const source = join(folder, 'src');
  for (const file of listFiles(source).filter((path) => !path.endsWith('.ts'))) {
    const target = join(folder, 'out', file);
    const bytes = readFileSync(join(source, file));
    if (existsSync(target) && readFileSync(target).equals(bytes)) continue;
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(source, file), target);
  }
}
