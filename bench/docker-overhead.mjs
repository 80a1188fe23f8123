// What the action adds to `docker buildx build` alone: the same sample, from the same cache, into the same layout. Pairs of
// whole processes, in turn; the action also checks, examines every byte that ships and reports.
//   npm run bench:docker-overhead [-- --rounds N]   starts the engine as set-up does; exit 1 above the limit
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { withReadyMachine } from '../scripts/setup/session.mjs';
import { root } from '../scripts/workspace/paths.mjs';

/** The larger of both counts. */
const limit = { share: 0.1, seconds: 2 };
const bundle = join(root, 'packages', 'docker-multistage-build', 'dist', 'index.js');
const dockerfile = [
  'FROM local/node:24 AS deps',
  'WORKDIR /app',
  'COPY package.json ./',
  'FROM deps AS build',
  'COPY src ./src',
  'RUN mkdir dist && cp src/main.js dist/main.js && node --check dist/main.js',
  'FROM local/node:24-slim AS runtime',
  'WORKDIR /app',
  'COPY --from=build /app/dist ./dist',
  'USER 65532:65532',
  'CMD ["node", "dist/main.js"]',
  '',
].join('\n');

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: Record<string, string | undefined> }} options
 */
function time(program, args, options) {
  const start = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(program, args, { ...options, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} failed:\n${stdout}${stderr}`);
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/** @param {string} folder */
function writeSample(folder) {
  const sources = join(folder, 'sources');
  mkdirSync(join(sources, 'src'), { recursive: true });
  writeFileSync(join(sources, 'Dockerfile'), dockerfile);
  writeFileSync(join(sources, 'package.json'), '{"name":"sample","type":"module"}\n');
  writeFileSync(join(sources, 'src', 'main.js'), "console.log('hello');\n");
  return sources;
}

/**
 * @param {import('../scripts/setup/session.mjs').ReadyEnvironment} environment
 * @param {{ folder: string, rounds: number }} options
 */
function measure(environment, { folder, rounds }) {
  const cwd = writeSample(folder);
  const layout = join(folder, 'layout');
  const docker = { ...environment.childEnv, SOURCE_DATE_EPOCH: '1700000000' };
  const output = `type=oci,dest=${layout},tar=false,rewrite-timestamp=true`;
  const alone = [
    'buildx',
    'build',
    '--progress=rawjson',
    '--provenance=false',
    '--sbom=false',
    '--target=runtime',
  ];
  const runner = join(folder, 'runner');
  const action = {
    ...environment.childEnv,
    GITHUB_WORKSPACE: cwd,
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_SHA: 'a'.repeat(40),
    RUNNER_TEMP: runner,
    INPUT_TARGET: 'runtime',
    'INPUT_SOURCE-DATE-EPOCH': '1700000000',
    'INPUT_BUILD-SECRETS': JSON.stringify({ build: { NPM_TOKEN: 'a-token-of-the-build-4711' } }),
  };
  const node = environment.variables.HEADGATE_NODE24 ?? process.execPath;
  /** @type {{ alone: number[], action: number[] }} */
  const times = { alone: [], action: [] };
  // The first pair fills the cache.
  for (let round = 0; round <= rounds; round += 1) {
    rmSync(layout, { recursive: true, force: true });
    const first = time('docker', [...alone, `--output=${output}`, cwd], { cwd, env: docker });
    rmSync(runner, { recursive: true, force: true });
    mkdirSync(runner);
    const second = time(node, [bundle], { cwd, env: action });
    if (round > 0) {
      times.alone.push(first);
      times.action.push(second);
    }
  }
  return { alone: median(times.alone), action: median(times.action) };
}

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const folder = mkdtempSync(join(tmpdir(), 'headgate-overhead-'));
try {
  const ok = await withReadyMachine(async (environment) => {
    const { alone, action } = measure(environment, { folder, rounds: Number(values.rounds) });
    const added = action - alone;
    const allowed = Math.max(limit.seconds, alone * limit.share);
    console.log(`docker buildx build  ${alone.toFixed(2)} s`);
    console.log(
      `the action           ${action.toFixed(2)} s, ${added.toFixed(2)} s more (limit ${allowed.toFixed(2)} s)`,
    );
    return added <= allowed;
  });
  process.exitCode = ok ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
