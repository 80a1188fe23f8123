// The checks before the tests: what each runs, and what must be there first.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {{ command: string, args: readonly string[] }} Invocation */
/**
 * @typedef {object} Check
 * @property {string} name
 * @property {readonly string[]} after checks whose end it waits for, because it reads what they write
 * @property {readonly Invocation[]} steps in order; the first failure ends the check
 */

/**
 * @param {{ root: string, node: string, shellcheck: string | null }} place
 * @returns {Check[]}
 */
export function listChecks({ root, node, shellcheck }) {
  const module = (/** @type {string[]} */ ...path) => join(root, 'node_modules', ...path);
  /** @type {(file: string, ...args: string[]) => Invocation} */
  const script = (file, ...args) => ({ command: node, args: [join(root, file), ...args] });
  const tsc = (/** @type {string[]} */ ...args) => ({
    command: node,
    args: [module('typescript', 'bin', 'tsc'), ...args],
  });
  const shellFolders = ['scripts', join('examples', 'shop', 'machine-image')].map((name) => join(root, name));
  const shellFiles = shellFolders
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((file) => file.endsWith('.sh'))
    .concat(join(root, '.ci', 'run'));
  return [
    { name: 'types', after: [], steps: [tsc('-b')] },
    {
      name: 'lint',
      after: [],
      steps: [
        {
          command: node,
          args: [module('@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings', '.'],
        },
      ],
    },
    {
      name: 'types of tests and scripts',
      after: ['types'],
      steps: [
        // One program for all of them: each of its own read the same declarations again.
        tsc('-p', join(root, 'tsconfig.test.json')),
        tsc('-p', join(root, 'scripts', 'tsconfig.json')),
      ],
    },
    {
      name: 'generated files',
      after: ['types'],
      steps: [
        script('scripts/generate-workflows.mjs', '--check'),
        script('scripts/generate-docs.mjs', '--check'),
        script('scripts/generate-schemas.mjs', '--check'),
      ],
    },
    { name: 'bundles', after: ['types'], steps: [script('scripts/build.mjs', '--check')] },
    { name: 'archive for runners', after: [], steps: [script('scripts/check-archive.mjs')] },
    { name: 'workflows', after: [], steps: [script('scripts/lint-workflows.mjs')] },
    ...(shellcheck
      ? [{ name: 'shell scripts', after: [], steps: [{ command: shellcheck, args: shellFiles }] }]
      : []),
  ];
}
