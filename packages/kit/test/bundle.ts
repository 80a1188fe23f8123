// Bundles a fixture so that a plain Node can run it as its own process.
import { join } from 'node:path';
import { build } from 'esbuild';

const test = join(import.meta.dirname, '.');

/** The path of the bundled fixture inside `folder`. */
export async function bundleFixture(name: string, folder: string): Promise<string> {
  const outdir = join(folder, name.replace(/\.ts$/, ''));
  await build({
    entryPoints: [join(test, 'fixtures', name)],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
    banner: {
      js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
    },
  });
  return join(outdir, name.replace(/\.ts$/, '.mjs'));
}
