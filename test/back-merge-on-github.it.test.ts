// Merging back and drift against the rehearsal's GitHub: real tokens, rules and git over HTTP, from shallow clones.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { backMergeRun } from '../packages/git-flow/src/back-merge.js';
import { driftRun } from '../packages/git-flow/src/drift.js';
import { decisionOf } from '../packages/git-flow/test/fixtures.js';
import type { ActionResult } from '../packages/kit/src/action.js';
import { connectGitHub } from '../packages/kit/src/github.js';
import { createHttp } from '../packages/kit/src/http.js';
import { runCommand } from '../packages/kit/src/process.js';
import { parseSecretMap } from '../packages/kit/src/secrets.js';
import { createFakeClock } from '../packages/kit/src/testing/clock.js';
import { createTestContext, createTestDeps, type TestDeps } from '../packages/kit/src/testing/deps.js';
import { startGitHub } from '../packages/rehearsal/src/github/host.js';
import type { Person } from '../packages/rehearsal/src/github/social.js';
import type { Permissions } from '../packages/rehearsal/src/model.js';

const repository = 'acme/shop';
const bot = 'github-actions[bot]';

let folder: string;
let host: Awaited<ReturnType<typeof startGitHub>>;
let max: Person;
let clones = 0;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-back-merge-'));
  host = await startGitHub({
    directory: join(folder, 'github'),
    clock: createFakeClock(Date.UTC(2026, 10, 21)),
  });
  max = host.person('max', { role: 'admin' });
});

afterEach(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
  expect(host.violations).toEqual([]);
});

async function open(protectedBranches: readonly string[]): Promise<void> {
  await host.addRepository({
    owner: 'acme',
    name: 'shop',
    defaultBranch: 'develop',
    variables: {},
    secrets: {},
    environments: {},
    protectedBranches,
  });
  seed(host.gitDirectory(repository));
}

/** develop, and a release from it with one commit more. */
function seed(directory: string): void {
  const headgate = 'application: shop\nimages: {shop: {}}\n';
  const file = (path: string, text: string): string =>
    `M 100644 inline ${path}\ndata ${text.length}\n${text}\n`;
  const commit = (branch: string, mark: number, lines: string): string =>
    `commit refs/heads/${branch}\nmark :${mark}\ncommitter Dana <dana@example.com> 1763719200 +0000\ndata 4\nwork\n${lines}\n`;
  const input = [
    commit('develop', 1, file('headgate.yml', headgate) + file('Dockerfile', '')),
    'reset refs/heads/master\nfrom :1\n\n',
    commit('release/1.0.0', 2, `from :1\n${file('a', 'released\n')}`),
    'reset refs/heads/develop\nfrom :1\n\n',
  ];
  execFileSync('git', ['fast-import', '--quiet', '--force'], { cwd: directory, input: input.join('') });
}

const tip = (branch: string): string =>
  execFileSync('git', ['rev-parse', `refs/heads/${branch}`], {
    cwd: host.gitDirectory(repository),
    encoding: 'utf8',
  }).trim();

function contains(branch: string, commit: string): boolean {
  const args = ['rev-list', '--count', `refs/heads/${branch}..${commit}`];
  return execFileSync('git', args, { cwd: host.gitDirectory(repository), encoding: 'utf8' }).trim() === '0';
}

async function release(head: string, base: string): Promise<string> {
  const { number } = await max.openPullRequest({ repository, head, base, title: `${head} into ${base}` });
  return (await max.merge({ repository, number })).sha;
}

/** A job's own clone, as shallow as a checkout is unless it is told otherwise, with the token in no file. */
async function job(branch: string, permissions: Permissions): Promise<{ deps: TestDeps; token: string }> {
  const token = host.grantToken({ repository, permissions, login: bot, jobToken: true });
  clones += 1;
  const workspace = join(folder, `clone-${clones}`);
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  const header = `http.${host.serverUrl}/.extraheader=AUTHORIZATION: basic ${basic}`;
  const from = `${host.serverUrl}/${repository}`;
  const options = ['--quiet', '--depth', '1', '--no-tags', '--branch', branch];
  await promisify(execFile)('git', ['-c', header, 'clone', ...options, from, workspace]);
  const context = createTestContext({
    sha: tip(branch),
    ref: `refs/heads/${branch}`,
    workspace,
    serverUrl: host.serverUrl,
  });
  const rest = { apiUrl: host.apiUrl, repository: context.repository, http: createHttp(), retries: 0 };
  const connect = (given: string) => connectGitHub(given, rest);
  return { deps: createTestDeps({ run: runCommand, context, connectGitHub: connect }), token };
}

/** The grants of finish.yml and drift.yml. */
const merging: Permissions = { actions: 'write', contents: 'write', 'pull-requests': 'write' };
const looking: Permissions = { contents: 'read', issues: 'write', 'pull-requests': 'read' };

async function backMerge(): Promise<readonly { outcome: string; url: string; cause?: string }[]> {
  const { deps, token } = await job('master', merging);
  const { outputs } = await backMergeRun(
    {
      mode: 'back-merge',
      version: '1.0.0',
      decision: JSON.stringify(decisionOf({ branch: 'master', branchKind: 'production' })),
      configuration: 'headgate.yml',
      githubToken: token,
      flowSecrets: parseSecretMap('', { name: 'flow-secrets', setSecret: () => undefined }),
      appId: '',
      workflow: 'delivery.yml',
    },
    deps,
  );
  return JSON.parse(String(outputs['back-merge'])) as { outcome: string; url: string }[];
}

async function drift(): Promise<unknown> {
  const { deps, token } = await job('develop', looking);
  const result: ActionResult = await driftRun(
    { mode: 'drift', configuration: 'headgate.yml', abandonedAfter: 0, githubToken: token },
    deps,
  );
  return JSON.parse(String(result.outputs['drift-found']));
}

async function issues(): Promise<readonly { state: string; body: string; user: { login: string } }[]> {
  const { data } = await max.request('GET', `/repos/${repository}/issues?state=all`);
  const all = data as { state: string; body: string; user: { login: string }; pull_request?: object }[];
  return all.filter(({ pull_request: pull }) => pull === undefined);
}

const numberOf = (url: string): number => Number(/\d+$/.exec(url)?.[0]);

describe('where develop is open', () => {
  it('the job token alone merges back, with both parents, and nothing has drifted', async () => {
    await open([]);
    const merged = await release('release/1.0.0', 'master');

    expect(await backMerge()).toMatchObject([{ outcome: 'merged' }]);

    expect(contains('develop', merged)).toBe(true);
    expect(await drift()).toEqual({ commits: 0, abandoned: [], issue: '' });
    expect(await backMerge()).toMatchObject([{ outcome: 'up-to-date' }]);
  });
});

describe('where develop is protected', () => {
  it('one pull request waits, drift is told until it is merged, and then the issue is closed', async () => {
    await open(['develop']);
    const merged = await release('release/1.0.0', 'master');

    const [first] = await backMerge();
    expect(first).toMatchObject({ outcome: 'pull-request', cause: 'protected' });
    expect(await backMerge()).toEqual([first]);
    expect(tip('back-merge/to-develop')).toBe(merged);
    expect(await drift()).toMatchObject({ commits: 2 });
    expect(await drift()).toMatchObject({ commits: 2 });
    expect(await issues()).toEqual([
      expect.objectContaining({ state: 'open', user: expect.objectContaining({ login: bot }) }),
    ]);
    expect((await issues())[0]?.body).toContain(`#${numberOf(first?.url ?? '')} waits to be merged`);

    await max.merge({ repository, number: numberOf(first?.url ?? '') });

    expect(contains('develop', merged)).toBe(true);
    expect(await drift()).toMatchObject({ commits: 0 });
    expect((await issues()).map(({ state }) => state)).toEqual(['closed']);
    expect(await backMerge()).toMatchObject([{ outcome: 'up-to-date' }]);
  });

  it('a squashed pull request is noticed: develop has the files and lacks the history', async () => {
    await open(['develop']);
    const merged = await release('release/1.0.0', 'master');
    const [first] = await backMerge();

    await max.merge({ repository, number: numberOf(first?.url ?? ''), method: 'squash' });

    expect(contains('develop', merged)).toBe(false);
    expect(await drift()).toMatchObject({ commits: 2 });
    expect((await issues())[0]?.body).toContain('was merged by squash or rebase');
    const [again] = await backMerge();
    expect(again).toMatchObject({ outcome: 'pull-request' });
    expect(again?.url).not.toBe(first?.url);
    await max.merge({ repository, number: numberOf(again?.url ?? '') });
    expect(contains('develop', merged)).toBe(true);
    expect(await drift()).toMatchObject({ commits: 0 });
  });
});
