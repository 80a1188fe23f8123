// The sources as programs that run as they are, whatever the committed bundles hold.
import { build } from 'esbuild';

/**
 * Writes `<name>.mjs` into `folder` for each entry point, with what they share beside them.
 * @param {string} folder
 * @param {Record<string, string>} entryPoints files by name
 * @param {Record<string, string>} [define] expressions and the JavaScript that takes their place
 */
export async function bundleSources(folder, entryPoints, define = {}) {
  await build({
    entryPoints,
    define,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url);" },
    logLevel: 'error',
  });
}
