// .release.yml as it stands, rehearsed: a release branch is merged, its run dies once, and is run again. What takes
// minutes (set-up, bundles) and what only GitHub can do (signing) stand in; everything else is the real thing.
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../packages/kit/src/clock.js';
import { node24 } from '../packages/kit/src/testing/action.js';
import { createEngine, type Engine } from '../packages/rehearsal/src/engine/engine.js';
import { startGitHub } from '../packages/rehearsal/src/github/host.js';
import type { RunState } from '../packages/rehearsal/src/model.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const repository = 'headgate/headgate';
const built = existsSync(join(root, 'packages', 'git-flow', 'dist', 'index.js'));
if (!built) process.stdout.write('release-workflow.test.ts skipped: git-flow is not built (npm run build)\n');
const suite = built ? describe : describe.skip;

/** The job `build` without set-up and bundles: the same files, by name. */
const standIn = `
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtNames } from './release/assets.mjs';
import { writeChecksums } from './release/checksums.mjs';
const [command, , version, , out] = process.argv.slice(2);
if (command !== 'build') await import('./real-release.mjs');
else {
  mkdirSync(out);
  const files = builtNames(version).map((name) => ({ name, bytes: Buffer.from(name) }));
  for (const { name, bytes } of files) writeFileSync(join(out, name), bytes);
  writeFileSync(join(out, 'SHA256SUMS'), writeChecksums(files));
}
`;

/** Signs nothing, and fails the first time. */
const attest = `name: attest
description: stands in
inputs: {subject-checksums: {description: file, required: true}}
outputs: {bundle-path: {description: file, value: "\${{ steps.sign.outputs.bundle-path }}"}}
runs:
  using: composite
  steps:
    - id: sign
      shell: bash
      run: |
        test "$GITHUB_RUN_ATTEMPT" != 1
        test "$(wc -l < "\${{ inputs.subject-checksums }}")" = 5
        echo '{}' > "$RUNNER_TEMP/attestation.json"
        echo "bundle-path=$RUNNER_TEMP/attestation.json" >> "$GITHUB_OUTPUT"
`;

let folder = '';
let host: Awaited<ReturnType<typeof startGitHub>>;
let engine: Engine;
const handled: Promise<readonly RunState[]>[] = [];

function writeFiles(work: string): void {
  const copied = [
    '.github/headgate.yml',
    '.github/workflows/.release.yml',
    '.github/workflows/.release-files.yml',
    'packages/git-flow/action.yml',
    'packages/git-flow/dist',
    'packages/kit/dist',
    'scripts/release',
    'scripts/build',
    'scripts/pack',
    'scripts/workspace',
  ];
  for (const path of copied.filter((each) => existsSync(join(root, each)))) {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    cpSync(join(root, path), join(work, path), { recursive: true });
  }
  cpSync(join(root, 'scripts', 'release.mjs'), join(work, 'scripts', 'real-release.mjs'));
  writeFileSync(join(work, 'scripts', 'release.mjs'), standIn);
  writeFileSync(
    join(work, 'package.json'),
    JSON.stringify({ scripts: { setup: 'true', release: 'node scripts/release.mjs' } }),
  );
  writeFileSync(
    join(work, '.github', 'workflows', '.ci.yml'),
    'on: workflow_dispatch\njobs: {ci: {runs-on: x, steps: [{run: "true"}]}}\n',
  );
}

const git = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)('git', args, { cwd: join(folder, 'work'), timeout: 30_000 })).stdout.trim();

async function pushBranches(): Promise<void> {
  const ann = host.person('ann', { role: 'admin' });
  const work = join(folder, 'work');
  mkdirSync(work);
  writeFiles(work);
  await git('init', '-q', '-b', 'master');
  await git('config', 'user.name', ann.identity.name);
  await git('config', 'user.email', ann.identity.email);
  await git('add', '--all', '--force');
  await git('commit', '-q', '-m', 'First');
  await git('branch', 'develop');
  await git('checkout', '-q', '-b', 'release/1.2.3');
  await git('commit', '-q', '--allow-empty', '-m', 'One version');
  // Before anybody listens: the first push of master is no release.
  await git('push', '-q', ann.remote(repository), 'master', 'develop', 'release/1.2.3');
}

const results = (run: RunState): Record<string, string | null> =>
  Object.fromEntries(run.jobs.map(({ name, conclusion }) => [name, conclusion]));

suite('.release.yml', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'headgate-releasing-'));
    host = await startGitHub({ directory: join(folder, 'github'), clock: systemClock });
    const none = { variables: {}, secrets: {}, environments: {}, protectedBranches: ['master'] };
    await host.addRepository({ owner: 'headgate', name: 'headgate', defaultBranch: 'master', ...none });
    mkdirSync(join(folder, 'actions', 'actions', 'attest'), { recursive: true });
    writeFileSync(join(folder, 'actions', 'actions', 'attest', 'action.yml'), attest);
    await pushBranches();
    engine = createEngine({
      host,
      workDirectory: join(folder, 'runner'),
      node: node24(),
      environment: { PATH: process.env['PATH'] ?? '', HOME: folder },
      clock: systemClock,
      actionsDirectory: join(folder, 'actions'),
    });
    host.onEvent((event) => void handled.push(engine.handle(event)));
  }, 60_000);
  afterAll(async () => {
    await engine.close();
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('publishes the merge of release/1.2.3 with every file, after its second attempt, and merges it back', async () => {
    const ann = host.person('ann', { role: 'admin' });
    const pull = { repository, head: 'release/1.2.3', base: 'master', title: 'Release 1.2.3' };
    const { number } = await ann.openPullRequest(pull);
    const { sha } = await ann.merge({ repository, number });
    await Promise.all(handled);
    await engine.idle();
    const run = [...host.runs.values()].find(({ workflowName }) => workflowName === 'release');
    const first = results(run as RunState);

    await engine.rerun(run?.id ?? 0, 'failed');
    const second = results(await engine.finished(run?.id ?? 0));

    expect(first).toEqual({
      version: 'success',
      'files / build': 'success',
      'files / attest': 'failure',
      publish: 'skipped',
      'back-merge': 'success',
    });
    expect(Object.values(second)).toEqual(Object.keys(second).map(() => 'success'));
    const { data } = await ann.request('GET', `/repos/${repository}/releases`);
    expect(data).toMatchObject([{ tag_name: 'v1.2.3', draft: false, target_commitish: sha }]);
    expect((data as [{ assets: unknown[] }])[0].assets).toHaveLength(7);
    await git('fetch', '-q', '--tags', ann.remote(repository), 'develop');
    expect([await git('rev-parse', 'v1.2.3^{commit}'), await git('rev-parse', 'v1')]).toEqual([sha, sha]);
    expect(await git('merge-base', sha, 'FETCH_HEAD')).toBe(sha);
    const started = [...host.runs.values()].map(({ workflowPath, headBranch }) => [workflowPath, headBranch]);
    expect(started).toContainEqual(['.github/workflows/.ci.yml', 'develop']);
    expect(host.violations).toEqual([]);
  }, 120_000);
});
