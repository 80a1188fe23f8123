// A release of this repository, step by step; docs/releasing.md tells the whole way.
//   npm run release -- prepare --version X.Y.Z                on release/X.Y.Z: one version in every package.json
//   npm run release -- build --version X.Y.Z --out DIR        proves the bundles, makes the files of the release
//   npm run release -- publish --version X.Y.Z --assets DIR [--commit SHA] [--dry-run]
//     draft, files, tag, page, vX; GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_SHA and GITHUB_API_URL as a job has them
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkBundles, makeAssets } from './release/build.mjs';
import { connectGitHub } from './release/github.mjs';
import { setManifests } from './release/manifests.mjs';
import { ReleaseProblem } from './release/problem.mjs';
import { publish } from './release/publish.mjs';
import { readVersion, showVersion } from './release/version.mjs';
import { root as checkout } from './workspace/paths.mjs';

const log = (/** @type {string} */ line) => console.log(line);

/** @param {string | undefined} value @param {string} what @param {RegExp} pattern @returns {string} */
function expect(value, what, pattern) {
  if (value && pattern.test(value)) return value;
  throw new ReleaseProblem(
    `${what} was expected, ${JSON.stringify(value ?? '')} was found`,
    'See the head of scripts/release.mjs.',
  );
}

/** @typedef {{ version?: string, out?: string, assets?: string, commit?: string, root?: string, 'dry-run'?: boolean }} Values */

/** @type {Record<string, (values: Values) => Promise<void>>} */
const commands = {
  async prepare({ version, root = checkout }) {
    const changed = setManifests(root, showVersion(readVersion(version)));
    for (const path of changed) log(`${path} written`);
    if (changed.length > 0) log('Now: npm run build, npm test, commit.');
  },
  async build({ version, out, root = checkout }) {
    const order = {
      root,
      version: showVersion(readVersion(version)),
      out: resolve(expect(out, '--out', /./)),
      log,
    };
    await checkBundles(order);
    await makeAssets(order);
  },
  async publish({ version, assets, commit, 'dry-run': dryRun = false }) {
    const { GITHUB_TOKEN = '', GITHUB_REPOSITORY, GITHUB_SHA } = process.env;
    const { GITHUB_API_URL = 'https://api.github.com' } = process.env;
    const repository = expect(GITHUB_REPOSITORY, 'GITHUB_REPOSITORY (owner/name)', /^[\w.-]+\/[\w.-]+$/);
    // Without a token drafts are not seen and nothing can be made.
    const token = dryRun ? GITHUB_TOKEN : expect(GITHUB_TOKEN, 'GITHUB_TOKEN', /./);
    await publish({
      github: connectGitHub({ apiUrl: GITHUB_API_URL, repository, token }),
      repository,
      version: readVersion(version),
      commit: expect(commit ?? GITHUB_SHA, '--commit', /^[0-9a-f]{40}$/),
      folder: resolve(expect(assets, '--assets', /./)),
      dryRun,
      log,
    });
  },
};

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      version: { type: 'string' },
      out: { type: 'string' },
      assets: { type: 'string' },
      commit: { type: 'string' },
      root: { type: 'string' },
      'dry-run': { type: 'boolean' },
    },
  });
  const command = commands[positionals[0] ?? ''];
  if (!command || positionals.length > 1) {
    const names = Object.keys(commands).join(', ');
    throw new ReleaseProblem(
      `one of ${names} was expected, ${JSON.stringify(positionals.join(' '))} was found`,
      'See the head of scripts/release.mjs.',
    );
  }
  await command(values);
} catch (error) {
  const known = error instanceof ReleaseProblem;
  console.error(known ? `${error.message}\n  ${error.hint}` : error);
  process.exitCode = 1;
}
