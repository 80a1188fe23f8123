// Drift, on real repositories; GitHub keeps issues and pull requests.
import type { ActionResult } from '@headgate/kit/action';
import { runCommand } from '@headgate/kit/process';
import { createFakeClock } from '@headgate/kit/testing/clock';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { startGitServer } from '@headgate/kit/testing/git-server';
import { createTestGitHub, type TestGitHub } from '@headgate/kit/testing/github';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { driftRun } from '../src/drift.js';

interface Issue {
  readonly number: number;
  readonly html_url: string;
  readonly user: { readonly login: string; readonly type: string };
  title: string;
  body: string;
  state: string;
  readonly pull_request?: object;
}

const pulls = 'GET /repos/{owner}/{repo}/pulls';
const bot = { login: 'github-actions[bot]', type: 'Bot' };
const marker = '<!-- headgate-drift shop -->\n';

let repository: TestRepository;
let github: TestGitHub;
let deps: TestDeps;
let issues: Issue[];
let closed: readonly unknown[];

beforeEach(() => {
  repository = createTestRepository();
  const files = { 'headgate.yml': 'application: shop\nimages: {shop: {}}\n', Dockerfile: '', a: '1\n' };
  repository.commit('one', files);
  push('develop', 'master');
  github = createTestGitHub();
  issues = [];
  closed = [];
  github.on(pulls, (asked: Readonly<Record<string, unknown>>) => (asked['state'] === 'closed' ? closed : []));
  answerIssues();
});

afterEach(() => repository.remove());

function answerIssues(): void {
  const root = '/repos/{owner}/{repo}/issues';
  github.on(`GET ${root}`, (asked: Readonly<Record<string, unknown>>) =>
    issues.filter(({ state, user }) => state === asked['state'] && user.login === asked['creator']),
  );
  github.on(`POST ${root}`, ({ title, body }: Readonly<Record<string, unknown>>) => {
    const number = issues.length + 1;
    const url = `https://github.com/acme/shop/issues/${number}`;
    issues.push({
      number,
      html_url: url,
      user: bot,
      title: String(title),
      body: String(body),
      state: 'open',
    });
    return issues.at(-1);
  });
  github.on(
    `PATCH ${root}/{issue_number}`,
    ({ issue_number: number, ...change }: Record<string, unknown>) => {
      const issue = issues.find((each) => each.number === number);
      if (issue !== undefined) Object.assign(issue, change);
      return issue;
    },
  );
}

function push(...branches: readonly string[]): void {
  for (const branch of branches) repository.git('push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`);
}

/** A commit on a branch of the remote. */
function on(branch: string, message: string, files: Readonly<Record<string, string>> = {}): string {
  const { git } = repository;
  git('fetch', '--quiet', 'origin');
  git('checkout', '--quiet', '--detach', `origin/${branch}`);
  const commit = repository.commit(message, files);
  push(branch);
  return commit;
}

const day = 86_400_000;
const january = Date.parse('2026-01-01T00:00:00Z');

interface Scene {
  readonly workspace?: string;
  /** Days after the commits of these tests. */
  readonly days?: number;
  readonly abandonedAfter?: number;
}

function look({
  workspace = repository.directory,
  days = 0,
  abandonedAfter = 14,
}: Scene = {}): Promise<ActionResult> {
  const clock = createFakeClock(january + days * day);
  const context = createTestContext({ eventName: 'schedule', workspace });
  deps = createTestDeps({ run: runCommand, connectGitHub: github.connect, context, clock });
  return driftRun({ mode: 'drift', configuration: 'headgate.yml', abandonedAfter, githubToken: '' }, deps);
}

function found({ outputs }: ActionResult): unknown {
  return JSON.parse(String(outputs['drift-found']));
}

describe('drift', () => {
  it('is none when development contains production: no issue, no warning', async () => {
    on('develop', 'a feature');

    expect(found(await look())).toEqual({ commits: 0, abandoned: [], issue: '' });
    expect(issues).toEqual([]);
    expect(deps.core.annotations).toEqual([]);
    expect(deps.core.summary()).toContain('`develop` contains everything that `master` has');
  });

  it('is told in one issue, with commits, releases and the pull requests that brought them', async () => {
    const fix = on('master', 'Fix the till');
    repository.git('push', '--quiet', 'origin', `${fix}:refs/tags/v1.0.1`);
    closed = [
      {
        number: 12,
        title: 'Fix the till',
        user: { login: 'ada' },
        merged_at: 'then',
        merge_commit_sha: fix,
        head: { ref: 'hotfix/1.0.1', sha: fix },
        base: { ref: 'master' },
      },
      {
        number: 11,
        title: 'Older',
        user: null,
        merged_at: 'then',
        merge_commit_sha: 'e'.repeat(40),
        head: { ref: 'x', sha: fix },
        base: { ref: 'develop' },
      },
    ];

    const result = await look();

    expect(found(result)).toEqual({
      commits: 1,
      abandoned: [],
      issue: 'https://github.com/acme/shop/issues/1',
    });
    const [issue] = issues;
    expect(issue?.title).toBe('shop: production and development have drifted');
    expect(issue?.body.startsWith(marker)).toBe(true);
    expect(issue?.body).toContain('develop lacks 1 commit of master');
    expect(issue?.body).toContain('Among them `v1.0.1`');
    expect(issue?.body).toContain('- #12 Fix the till, by ada');
    expect(issue?.body).not.toContain('Older');
    expect(issue?.body).toMatch(
      new RegExp(`\\| \`${fix.slice(0, 12)}\` \\| Dana \\| 2026-01-01 \\| Fix the till \\|`),
    );
    expect(issue?.body).toContain('The merge is clean.');
    expect(deps.core.annotations).toEqual([
      expect.objectContaining({ level: 'warning', message: expect.stringContaining('issues/1') }),
    ]);
  });

  it('that conflicts names the files and who changed them last', async () => {
    on('develop', 'ours', { a: '2\n' });
    on('master', 'theirs', { a: '3\n' });

    await look();

    expect(issues[0]?.body).toMatch(/It conflicts:[\s\S]*\| `a` \| Dana \(`\w{7}`\) \| Dana \(`\w{7}`\) \|/);
  });

  it('is seen in a shallow clone', async () => {
    for (let number = 0; number < 3; number += 1) on('develop', `feature ${number}`);
    on('master', 'a fix');
    const server = await startGitServer(repository.remote);
    try {
      const workspace = await server.clone('shallow', { depth: 1, branch: 'develop' });

      expect(found(await look({ workspace }))).toMatchObject({ commits: 1 });
    } finally {
      await server.close();
    }
  });

  it('of a request that was squashed says what was lost', async () => {
    const fix = on('master', 'a fix', { b: '1' });
    on('develop', 'a fix (#7)', { b: '1' });
    closed = [
      {
        number: 7,
        title: 'Merge back',
        user: bot,
        merged_at: 'then',
        merge_commit_sha: 'd'.repeat(40),
        head: { ref: 'back-merge/to-develop', sha: fix },
        base: { ref: 'develop' },
      },
    ];

    await look();

    expect(issues[0]?.body).toContain('#7 was merged by squash or rebase');
  });

  it('fails where there is no development branch, and is none before the first release', async () => {
    const remove = (branch: string) =>
      repository.git('-C', repository.remote, 'update-ref', '-d', `refs/heads/${branch}`);
    remove('develop');
    await expect(look()).rejects.toMatchObject({ code: 'branch-missing' });

    remove('master');
    expect(found(await look())).toMatchObject({ commits: 0 });
  });
});

describe('the issue', () => {
  it('stays as it is while nothing changes, and is brought up to date when something does', async () => {
    on('master', 'a fix');
    await look();
    const calls = (): number => github.calls.filter(({ route }) => /^(POST|PATCH)/.test(route)).length;
    expect(calls()).toBe(1);

    await look({ days: 1 });
    expect(calls()).toBe(1);

    on('master', 'another fix');
    await look();
    expect(issues).toHaveLength(1);
    expect(issues[0]?.body).toContain('2 commits');
  });

  it('is closed when development has caught up', async () => {
    const fix = on('master', 'a fix');
    await look();
    repository.git('push', '--quiet', 'origin', `${fix}:refs/heads/develop`);

    expect(found(await look())).toMatchObject({ commits: 0, issue: '' });
    expect(issues).toEqual([
      expect.objectContaining({ state: 'closed', body: expect.stringContaining('contains everything') }),
    ]);
  });

  it.each([
    ['a person', { user: { login: 'eve', type: 'User' } }],
    ['a person who calls herself like the bot', { user: { login: 'github-actions[bot]', type: 'User' } }],
    ['another bot', { user: { login: 'helper[bot]', type: 'Bot' } }],
    ['a pull request of the bot', { pull_request: {} }],
  ])('is never that of %s, whatever it begins with', async (_, other) => {
    issues = [
      { number: 1, html_url: 'x', user: bot, title: 'x', body: `${marker}x`, state: 'open', ...other },
    ];
    on('master', 'a fix');

    await look();

    expect(issues[0]).toMatchObject({ body: `${marker}x`, state: 'open' });
    expect(issues).toHaveLength(2);
  });

  it('of another application, or with the marker further down, is left alone', async () => {
    const other = (number: number, body: string): Issue => ({
      number,
      html_url: 'x',
      user: bot,
      title: 'x',
      body,
      state: 'open',
    });
    issues = [other(1, '<!-- headgate-drift shop-2 -->\nx'), other(2, `hello\n${marker}`)];
    on('master', 'a fix');

    await look();

    expect(issues).toHaveLength(3);
    expect(issues.slice(0, 2).map(({ state }) => state)).toEqual(['open', 'open']);
  });

  it('that two runs opened at once is one again', async () => {
    on('master', 'a fix');
    await look();
    issues.push({ ...(issues[0] as Issue), number: 2 });

    await look();

    expect(issues.map(({ state }) => state)).toEqual(['open', 'closed']);
  });

  it('shows hostile messages, names and titles as themselves', async () => {
    const fix = on('master', '@everyone <img src=x> | `x` [y](http://evil.example)');
    closed = [
      {
        number: 3,
        title: '--> </details> @everyone',
        user: { login: 'eve' },
        merged_at: 'then',
        merge_commit_sha: fix,
        head: { ref: 'x', sha: fix },
        base: { ref: 'master' },
      },
    ];

    await look();

    const body = issues[0]?.body ?? '';
    expect(body).not.toMatch(/@everyone|<img|\]\(http|<\/details>/);
  });
});

describe('releases that nobody goes on with', () => {
  beforeEach(() => {
    repository.git('push', '--quiet', 'origin', 'HEAD:refs/tags/v1.0.0');
    push('release/1.10.0', 'release/1.2.0', 'hotfix/1.0.1', 'release/1.0.0', 'release/next', 'feature/old');
  });

  it('are named after two weeks without a commit, lowest number first', async () => {
    expect(found(await look({ days: 13 }))).toMatchObject({ abandoned: [] });

    expect(found(await look({ days: 15 }))).toMatchObject({
      abandoned: ['hotfix/1.0.1', 'release/1.2.0', 'release/1.10.0'],
    });
    expect(issues[0]?.body).toMatch(/\| `hotfix\/1.0.1` \| 2026-01-01 \| Dana \|/);
    expect(issues[0]?.body).not.toContain('release/1.0.0');
  });

  it('are not looked for when nobody wants to know', async () => {
    expect(found(await look({ days: 400, abandonedAfter: 0 }))).toMatchObject({ abandoned: [] });
  });
});
