// A pause for approval against the rehearsal's GitHub: real tokens, the grants of roll-out.yml, comments by people.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { connectGitHub } from '../packages/kit/src/github.js';
import { createHttp } from '../packages/kit/src/http.js';
import { createFakeClock } from '../packages/kit/src/testing/clock.js';
import { createTestContext } from '../packages/kit/src/testing/deps.js';
import { startGitHub } from '../packages/rehearsal/src/github/host.js';
import { openApprovals } from '../packages/rolling-deploy/src/approval-thread.js';
import type { Approvals, PauseQuestion } from '../packages/rolling-deploy/src/pauses.js';

const repository = 'acme/shop';
const digits = '0123456789ab';
const clock = createFakeClock(Date.UTC(2026, 10, 21));
const question: PauseQuestion = {
  percent: 25,
  digest: `sha256:${'1'.repeat(64)}`,
  deadline: clock.now() + 3_600_000,
  findings: ['at 25 %: pass, 0 of 900 requests failed'],
};

let folder: string;
let host: Awaited<ReturnType<typeof startGitHub>>;
let approvals: Approvals;
let warnings: string[];
let issue: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-pause-'));
  host = await startGitHub({ directory: join(folder, 'github'), clock });
  const max = host.person('max', { role: 'admin' });
  await host.addRepository({
    owner: 'acme',
    name: 'shop',
    defaultBranch: 'master',
    variables: {},
    secrets: {},
    environments: {},
    protectedBranches: [],
  });
  const git = host.gitDirectory(repository);
  const commit = (branch: string, from: string): string =>
    `commit refs/heads/${branch}\ncommitter Dana <dana@example.com> 1763719200 +0000\ndata 4\nwork\n${from}M 100644 inline ${branch}\ndata 1\nx\n`;
  execFileSync('git', ['fast-import', '--quiet', '--force'], {
    cwd: git,
    input: commit('master', '') + commit('topic', 'from refs/heads/master\n'),
  });
  const dora = host.person('dora', { role: 'write' });
  const { number } = await dora.openPullRequest({ repository, head: 'topic', base: 'master', title: 'work' });
  const { sha } = await max.merge({ repository, number });
  const token = host.grantToken({
    repository,
    permissions: {
      actions: 'read',
      contents: 'read',
      deployments: 'write',
      issues: 'write',
      'pull-requests': 'read',
    },
    login: 'github-actions[bot]',
    jobToken: true,
  });
  const context = {
    ...createTestContext({ sha, serverUrl: host.serverUrl }),
    actor: 'max',
    triggeringActor: 'max',
  };
  const options = { apiUrl: host.apiUrl, repository: context.repository, http: createHttp(), retries: 0 };
  warnings = [];
  approvals = openApprovals({
    connect: () => connectGitHub(token, options),
    clock,
    warn: (message) => warnings.push(message),
    log: (line) => {
      issue = Number(/issues\/(\d+)/.exec(line)?.[1]);
    },
    context,
    approvers: {
      people: ['ada', 'dora', 'max'],
      exclude: ['actor', 'triggering-actor', 'merger', 'pull-request-author'],
      intervalMs: 15_000,
    },
    subject: 'web in production',
    digitsOf: () => digits,
  });
});

afterEach(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
  expect(host.violations).toEqual([]);
  expect(warnings).toEqual([]);
});

async function look(): Promise<string | null> {
  clock.advance(15_000);
  return approvals.look(question);
}

async function comment(login: string, body: string): Promise<void> {
  await host.person(login, { role: 'write' }).comment({ repository, number: issue, body });
}

it('goes on when one of the people says so who had no part in it', async () => {
  expect(await look()).toBeNull();
  await comment('max', `/approve ${digits}`);
  await comment('dora', `/approve ${digits}`);
  await comment('eve', `/approve ${digits}`);
  expect(await look()).toBeNull();
  await comment('ada', `/approve ${digits}`);

  expect(await look()).toBe('ada');
  await approvals.close(question, 'approved by ada');
});

it('ends when one of them says no', async () => {
  await look();
  await comment('dora', `/reject ${digits} not today`);

  await expect(look()).rejects.toMatchObject({ code: 'not-approved' });
  await approvals.close(question, 'dora said no');
});
