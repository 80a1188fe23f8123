// Merging back, on real repositories; GitHub answers pull requests and dispatches.
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ActionResult } from '@headgate/kit/action';
import { ActionError } from '@headgate/kit/errors';
import { type RunCommand, runCommand } from '@headgate/kit/process';
import { parseSecretMap } from '@headgate/kit/secrets';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { type GitServer, startGitServer } from '@headgate/kit/testing/git-server';
import { createTestGitHub, type TestGitHub } from '@headgate/kit/testing/github';
import { loadYaml } from '@headgate/kit/yaml-loader';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { backMergeRun } from '../src/back-merge.js';
import { decisionOf } from './fixtures.js';

const routes = {
  merged: 'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls',
  list: 'GET /repos/{owner}/{repo}/pulls',
  open: 'POST /repos/{owner}/{repo}/pulls',
  update: 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}',
  start: 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
} as const;

let repository: TestRepository;
let github: TestGitHub;
let deps: TestDeps;
let run: RunCommand;
let source: string;

beforeEach(() => {
  repository = createTestRepository();
  github = createTestGitHub();
  run = runCommand;
  repository.commit('one', {
    'headgate.yml': 'application: shop\nimages: {shop: {}}\n',
    Dockerfile: '',
    a: '1\n',
  });
  repository.git('branch', 'master');
  repository.git('push', '--quiet', 'origin', 'develop', 'master');
  release('release/1.0.0', { b: 'released\n' });
  github.on(routes.list, []);
  github.on(routes.open, () => ({ number: 7, html_url: 'https://github.com/acme/shop/pull/7' }));
  github.on(routes.update, {});
  github.on(routes.start, {});
});

afterEach(() => repository.remove());

/** A branch off master, merged into it with a merge commit that is checked out afterwards. */
function release(branch: string, files: Readonly<Record<string, string>>): void {
  const { git } = repository;
  git('checkout', '--quiet', '-B', branch, 'master');
  repository.commit(branch, files);
  git('checkout', '--quiet', 'master');
  git('merge', '--quiet', '--no-ff', '--message', `Merge ${branch}`, branch);
  git('push', '--quiet', 'origin', 'master', branch);
  source = git('rev-parse', 'HEAD');
  const listed = {
    merged_at: 'then',
    merge_commit_sha: source,
    head: { ref: branch },
    base: { ref: 'master' },
  };
  github.on(routes.merged, [listed]);
}

/** Somebody pushes to a branch of the remote while master stays checked out. */
function pushTo(branch: string, files: Readonly<Record<string, string>>, author = 'Eve'): string {
  const { git } = repository;
  git('fetch', '--quiet', 'origin');
  git('checkout', '--quiet', '--detach', `origin/${branch}`);
  repository.commit(`work on ${branch}`, files);
  git('commit', '--quiet', '--amend', '--no-edit', '--author', `${author} <eve@example.com>`);
  const commit = git('rev-parse', 'HEAD');
  git('push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`);
  git('checkout', '--quiet', 'master');
  return commit;
}

/** The remote refuses pushes to this branch, as GitHub does for a protected one. */
function protect(branch: string): void {
  const hook = join(repository.remote, 'hooks', 'update');
  mkdirSync(join(repository.remote, 'hooks'), { recursive: true });
  const refuse = `echo "error: GH006: Protected branch update failed for $1." >&2; exit 1`;
  writeFileSync(hook, `#!/bin/sh\nif [ "$1" = "refs/heads/${branch}" ]; then ${refuse}; fi\n`);
  chmodSync(hook, 0o755);
}

const noSecrets = parseSecretMap('', { name: 'flow-secrets', setSecret: () => undefined });

function backMerge(overrides: Partial<Parameters<typeof backMergeRun>[0]> = {}): Promise<ActionResult> {
  const context = createTestContext({
    sha: source,
    workspace: repository.directory,
    ref: 'refs/heads/master',
  });
  deps = createTestDeps({ run, connectGitHub: github.connect, context });
  const decision = JSON.stringify(decisionOf({ branch: 'master', branchKind: 'production', freeze: [] }));
  const inputs = {
    mode: 'back-merge',
    version: '1.0.0',
    decision,
    configuration: 'headgate.yml',
    githubToken: 'job-token',
    flowSecrets: noSecrets,
    appId: '',
    workflow: 'delivery.yml',
    ...overrides,
  } as const;
  return backMergeRun(inputs, deps);
}

function outcomes({ outputs }: ActionResult): unknown {
  return JSON.parse(String(outputs['back-merge']));
}

/** What a branch of the remote is at. */
function remote(branch: string): string {
  return repository.git('ls-remote', 'origin', `refs/heads/${branch}`).split('\t')[0] ?? '';
}

function isAncestor(ancestor: string, descendant: string): boolean {
  repository.git('fetch', '--quiet', 'origin');
  return repository.git('rev-list', '--count', `${descendant}..${ancestor}`) === '0';
}

function callsTo(route: string): readonly Readonly<Record<string, unknown>>[] {
  return github.calls.filter((call) => call.route === route).map(({ parameters }) => parameters);
}

describe('a clean merge', () => {
  it('is pushed with both parents, proven, and its branch gets a run', async () => {
    const theirs = pushTo('develop', { c: 'feature\n' });

    const result = await backMerge();

    const merge = remote('develop');
    expect(outcomes(result)).toEqual([
      { target: 'develop', outcome: 'merged', url: `https://github.com/acme/shop/commit/${merge}` },
    ]);
    repository.git('fetch', '--quiet', 'origin');
    expect(repository.git('show', '--no-patch', '--format=%P', merge)).toBe(`${theirs} ${source}`);
    expect(repository.git('ls-tree', '--name-only', merge).split('\n')).toEqual(
      expect.arrayContaining(['b', 'c']),
    );
    expect(callsTo(routes.start)).toEqual([{ workflow_id: 'delivery.yml', ref: 'develop' }]);
    expect(deps.core.summary()).toContain("Pushed with the job's own token");
    expect(result.failure).toBeUndefined();
    expect(deps.core.annotations).toEqual([]);
  });

  it('is a merge commit also where a fast-forward would do', async () => {
    await backMerge();

    repository.git('fetch', '--quiet', 'origin');
    expect(remote('develop')).not.toBe(source);
    expect(repository.git('show', '--no-patch', '--format=%P', 'origin/develop').split(' ')).toHaveLength(2);
    expect(isAncestor(source, 'origin/develop')).toBe(true);
  });

  it('is done once: the second time the branch contains it', async () => {
    await backMerge();
    const first = remote('develop');

    expect(outcomes(await backMerge())).toEqual([{ target: 'develop', outcome: 'up-to-date', url: '' }]);
    expect(remote('develop')).toBe(first);
    expect(callsTo(routes.start)).toHaveLength(1);
  });

  it('leaves work tree, index and branches of the checkout alone', async () => {
    writeFileSync(join(repository.directory, 'a'), 'changed here\n');

    await backMerge();

    expect(repository.git('status', '--porcelain').trim()).toBe('M a');
    expect(repository.git('rev-parse', 'HEAD')).toBe(source);
  });

  it('stands when the run of its branch cannot be started, with a warning', async () => {
    github.on(routes.start, () => Promise.reject(refused('no trigger workflow_dispatch')));

    expect(outcomes(await backMerge())).toEqual([expect.objectContaining({ outcome: 'merged' })]);
    expect(deps.core.annotations).toEqual([
      expect.objectContaining({ level: 'warning', message: expect.stringContaining('actions: write') }),
    ]);
  });
});

describe('stopped anywhere and called again', () => {
  const runs = 'GET /repos/{owner}/{repo}/actions/runs';
  const stop = (): never => {
    throw new Error('the runner was lost');
  };

  /** As the next attempt of the job sees it: nothing is in the way any more. */
  async function again(): Promise<unknown> {
    run = runCommand;
    github.on(routes.open, () => ({ number: 7, html_url: 'https://github.com/acme/shop/pull/7' }));
    github.on(routes.start, {});
    return outcomes(await backMerge());
  }

  it.each([
    ['before the push', false, 'merged'],
    ['after it', true, 'up-to-date'],
  ])('%s to an open branch: it is merged once, and its run is started', async (_, pushes, outcome) => {
    github.on(runs, { total_count: 0, workflow_runs: [] });
    run = async (command, options) => {
      if (!command.args.includes('push')) return runCommand(command, options);
      if (pushes) await runCommand(command, options);
      return stop();
    };
    await expect(backMerge()).rejects.toThrow('lost');

    expect(await again()).toEqual([expect.objectContaining({ outcome })]);

    expect(isAncestor(source, 'origin/develop')).toBe(true);
    expect(callsTo(routes.start)).toEqual([{ workflow_id: 'delivery.yml', ref: 'develop' }]);
  });

  it('after its run was started: it is not started twice', async () => {
    await backMerge();
    github.on(runs, { total_count: 1, workflow_runs: [{}] });

    expect(await again()).toEqual([expect.objectContaining({ outcome: 'up-to-date' })]);
    expect(callsTo(routes.start)).toHaveLength(1);
  });

  it.each([
    ['before the branch of the pull request is pushed', false],
    ['before it is opened', true],
  ])('%s: there is one, on the released commit', async (_, pushes) => {
    protect('develop');
    if (pushes) github.on(routes.open, stop);
    else {
      run = async (command, options) =>
        command.args.some((word) => word.includes('refs/heads/back-merge/'))
          ? stop()
          : runCommand(command, options);
    }
    await expect(backMerge()).rejects.toThrow('lost');

    expect(await again()).toEqual([expect.objectContaining({ outcome: 'pull-request' })]);
    expect(remote('back-merge/to-develop')).toBe(source);
    expect(callsTo(routes.open)).toHaveLength(pushes ? 2 : 1);
  });
});

describe('a shallow clone', () => {
  let server: GitServer;
  beforeEach(async () => {
    server = await startGitServer(repository.remote);
    repository.git('push', '--quiet', 'origin', 'master');
  });
  afterEach(() => server.close());

  /** What fetches comes over HTTP; what is pushed goes to the folder. */
  async function shallow(): Promise<string> {
    const directory = await server.clone('shallow', { depth: 1, branch: 'master' });
    repository.git('-C', directory, 'remote', 'set-url', '--push', 'origin', repository.remote);
    return directory;
  }

  it('is merged back from, with both parents', async () => {
    const theirs = pushTo('develop', { c: 'feature\n' });
    const original = repository;
    repository = { ...original, directory: await shallow() };
    try {
      expect(outcomes(await backMerge({ githubToken: '' }))).toEqual([
        expect.objectContaining({ outcome: 'merged' }),
      ]);
    } finally {
      repository = original;
    }
    expect(isAncestor(source, 'origin/develop')).toBe(true);
    expect(repository.git('show', '--no-patch', '--format=%P', 'origin/develop')).toBe(`${theirs} ${source}`);
  });

  it('knows a conflict and its last authors', async () => {
    pushTo('develop', { b: 'ours\n' });
    const original = repository;
    repository = { ...original, directory: await shallow() };
    try {
      expect(outcomes(await backMerge({ githubToken: '' }))).toEqual([
        expect.objectContaining({ outcome: 'conflict' }),
      ]);
    } finally {
      repository = original;
    }
    expect(String(callsTo(routes.open)[0]?.['body'])).toMatch(/\| `b` \| Eve \(`\w{7}`\) \| Dana/);
  });
});

describe('others push in between', () => {
  /** Before our push number n, somebody is faster. */
  function racing(times: number): () => number {
    let pushes = 0;
    run = async (command, options) => {
      if (command.args.includes('push')) {
        pushes += 1;
        if (pushes <= times) pushTo('develop', { [`race-${pushes}`]: 'x' });
      }
      return runCommand(command, options);
    };
    return () => pushes;
  }

  it('twice: the third try lands on top of theirs', async () => {
    const pushes = racing(2);

    expect(outcomes(await backMerge())).toEqual([expect.objectContaining({ outcome: 'merged' })]);

    expect(pushes()).toBe(3);
    repository.git('fetch', '--quiet', 'origin');
    const files = repository.git('ls-tree', '--name-only', 'origin/develop').split('\n');
    expect(files).toEqual(expect.arrayContaining(['race-1', 'race-2', 'b']));
  });

  it('every time: a pull request instead, and nothing of theirs is lost', async () => {
    racing(3);

    const result = await backMerge();

    expect(outcomes(result)).toEqual([
      {
        target: 'develop',
        outcome: 'pull-request',
        url: 'https://github.com/acme/shop/pull/7',
        cause: 'raced',
      },
    ]);
    expect(isAncestor(source, 'origin/develop')).toBe(false);
    expect(remote('back-merge/to-develop')).toBe(source);
  });
});

describe('a conflict', () => {
  beforeEach(() => {
    pushTo('develop', { b: 'ours\n' });
  });

  it('becomes a branch and one pull request with files and last authors; neither side moves', async () => {
    const [develop, master] = [remote('develop'), remote('master')];

    const result = await backMerge();

    expect(outcomes(result)).toEqual([
      { target: 'develop', outcome: 'conflict', url: 'https://github.com/acme/shop/pull/7' },
    ]);
    expect(result.failure).toBeUndefined();
    expect([remote('develop'), remote('master')]).toEqual([develop, master]);
    expect(remote('back-merge/to-develop')).toBe(source);
    const [request] = callsTo(routes.open);
    expect(request).toMatchObject({ head: 'back-merge/to-develop', base: 'develop' });
    expect(String(request?.['body'])).toMatch(/\| `b` \| Eve \(`\w{7}`\) \| Dana \(`\w{7}`\) \|/);
    expect(String(request?.['body'])).toContain('git merge origin/develop');
    expect(String(request?.['body'])).toContain('starts no checks');
    expect(deps.core.annotations).toEqual([
      expect.objectContaining({ level: 'warning', message: expect.stringContaining('pull/7') }),
    ]);
    expect(deps.core.summary()).toContain('`b`');
  });

  it('repeated: the open pull request is brought up to date, work on its branch stays', async () => {
    await backMerge();
    const work = pushTo('back-merge/to-develop', { d: 'half resolved' });
    github.on(routes.list, [{ number: 7, html_url: 'https://github.com/acme/shop/pull/7' }]);

    expect(outcomes(await backMerge())).toEqual([expect.objectContaining({ outcome: 'conflict' })]);

    expect(callsTo(routes.open)).toHaveLength(1);
    expect(callsTo(routes.update)).toEqual([expect.objectContaining({ pull_number: 7 })]);
    expect(remote('back-merge/to-develop')).toBe(work);
    expect(callsTo(routes.list).at(-1)).toMatchObject({
      head: 'acme:back-merge/to-develop',
      base: 'develop',
    });
  });

  it('hostile names of authors and files stay text', async () => {
    const path = 'x|`y`\n## z';
    release('release/1.0.0', { [path]: 'one\n' });
    pushTo('develop', { [path]: 'two\n' }, '@everyone [x](http://evil.example)');

    await backMerge();

    const body = String(callsTo(routes.open)[0]?.['body']);
    expect(body).not.toMatch(/@everyone|\[x\]\(/);
    expect(body).not.toMatch(/^## z/m);
  });
});

describe('a protected branch', () => {
  beforeEach(() => protect('develop'));

  it('without an App: a pull request, and a warning that names the secret', async () => {
    const result = await backMerge();

    expect(outcomes(result)).toEqual([
      {
        target: 'develop',
        outcome: 'pull-request',
        url: 'https://github.com/acme/shop/pull/7',
        cause: 'protected',
      },
    ]);
    expect(String(callsTo(routes.open)[0]?.['body'])).toContain('GH006: Protected branch update failed');
    expect(deps.core.annotations).toEqual([
      expect.objectContaining({ level: 'warning', message: expect.stringMatching(/FLOW_SECRETS.*app-id/s) }),
    ]);
    expect(isAncestor(source, 'origin/develop')).toBe(false);
  });

  it('where not even a pull request may be opened: fails, naming setting and secret', async () => {
    github.on(routes.open, () => Promise.reject(refused('not permitted to create pull requests')));

    const result = await backMerge();

    expect(outcomes(result)).toEqual([{ target: 'develop', outcome: 'failed', url: '' }]);
    expect(result.failure).toMatchObject({
      code: 'pull-request-refused',
      hint: expect.stringMatching(/allow GitHub Actions to create pull requests.*FLOW_SECRETS/s),
    });
  });

  it('where not even a branch may be pushed: fails in the server’s words', async () => {
    protect('back-merge/to-develop');
    pushTo('develop', { b: 'ours\n' });

    expect((await backMerge()).failure).toMatchObject({
      code: 'back-merge-refused',
      message: expect.stringContaining('GH006'),
    });
  });
});

describe('the standing pull request', () => {
  const open = {
    number: 7,
    html_url: 'https://github.com/acme/shop/pull/7',
    user: { type: 'Bot' },
    body: 'before',
  };
  const answer = (state: string, pulls: readonly unknown[]): void =>
    github.on(routes.list, (asked: Readonly<Record<string, unknown>>) =>
      asked['state'] === state ? pulls : [],
    );

  it('is the same one for the next release: its branch goes on, and its text with it', async () => {
    protect('develop');
    await backMerge();
    answer('open', [{ ...open, head: { sha: source } }]);
    release('release/1.1.0', { c: 'next\n' });

    const result = await backMerge({ version: '1.1.0' });

    expect(outcomes(result)).toEqual([expect.objectContaining({ outcome: 'pull-request' })]);
    expect(callsTo(routes.open)).toHaveLength(1);
    expect(callsTo(routes.update)).toEqual([
      expect.objectContaining({ pull_number: 7, title: 'Merge v1.1.0 back into develop' }),
    ]);
    expect(remote('back-merge/to-develop')).toBe(source);
  });

  it('keeps what people have pushed to its branch, and gets the next release on top', async () => {
    protect('develop');
    await backMerge();
    const work = pushTo('back-merge/to-develop', { d: 'work' });
    release('release/1.1.0', { c: 'next\n' });

    await backMerge({ version: '1.1.0' });

    const tip = remote('back-merge/to-develop');
    repository.git('fetch', '--quiet', 'origin');
    expect(repository.git('show', '--no-patch', '--format=%P', tip)).toBe(`${work} ${source}`);
  });

  it('says so when that work conflicts with the next release, and leaves it alone', async () => {
    protect('develop');
    await backMerge();
    const work = pushTo('back-merge/to-develop', { c: 'work' });
    release('release/1.1.0', { c: 'next\n' });

    await backMerge({ version: '1.1.0' });

    expect(remote('back-merge/to-develop')).toBe(work);
    expect(String(callsTo(routes.open).at(-1)?.['body'])).toContain('does not hold it yet');
  });

  it('begins anew on a branch that was left behind after it was merged', async () => {
    protect('develop');
    repository.git('push', '--quiet', 'origin', 'origin/develop:refs/heads/back-merge/to-develop');
    repository.git('fetch', '--quiet', 'origin');

    await backMerge();

    expect(remote('back-merge/to-develop')).toBe(source);
  });

  it('is closed when its branch has caught up without it', async () => {
    await backMerge();
    repository.git('checkout', '--quiet', '--detach', source);
    const work = repository.commit('resolved in part', { d: 'work' });
    repository.git('checkout', '--quiet', 'master');
    answer('open', [{ ...open, head: { sha: work } }]);

    expect(outcomes(await backMerge())).toEqual([expect.objectContaining({ outcome: 'up-to-date' })]);
    expect(callsTo(routes.update)).toEqual([
      { pull_number: 7, state: 'closed', body: 'Closed: the branch contains v1.0.0 by now.\n\nbefore' },
    ]);
  });

  it.each([
    ['that a person opened', { ...open, user: { type: 'User' }, head: { sha: 'f'.repeat(40) } }],
    ['whose commits went in, which GitHub closes itself', null],
  ])('is not touched: one %s', async (_, pull) => {
    await backMerge();
    answer('open', [pull ?? { ...open, head: { sha: source } }]);

    await backMerge();

    expect(callsTo(routes.update)).toEqual([]);
  });

  it('that was squashed is noticed, because its target lacks its commits', async () => {
    protect('develop');
    await backMerge();
    const lost = { ...open, merged_at: 'then', head: { sha: source } };
    answer('closed', [lost]);
    release('release/1.1.0', { c: 'next\n' });

    await backMerge({ version: '1.1.0' });

    expect(String(callsTo(routes.open).at(-1)?.['body'])).toContain('#7 was merged by squash or rebase');
    expect(deps.core.annotations).toContainEqual(
      expect.objectContaining({
        level: 'warning',
        message: expect.stringContaining('#7 was merged by squash'),
      }),
    );
  });

  it('that was merged with a merge commit is none of those', async () => {
    protect('develop');
    const before = source;
    const { git } = repository;
    git('fetch', '--quiet', 'origin');
    git('checkout', '--quiet', '--detach', 'origin/develop');
    git('merge', '--quiet', '--no-ff', '--message', 'by hand', before);
    git('-C', repository.remote, 'config', 'core.hooksPath', '/dev/null');
    git('push', '--quiet', 'origin', 'HEAD:refs/heads/develop');
    git('-C', repository.remote, 'config', '--unset', 'core.hooksPath');
    answer('closed', [{ ...open, merged_at: 'then', head: { sha: before } }]);
    release('release/1.1.0', { c: 'next\n' });

    await backMerge({ version: '1.1.0' });

    expect(String(callsTo(routes.open).at(-1)?.['body'])).not.toContain('squash or rebase:');
  });
});

describe('with an App', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const text = `app-private-key: ${JSON.stringify(pem)}`;
  const app = (): Partial<Parameters<typeof backMergeRun>[0]> => ({
    appId: '12345',
    flowSecrets: parseSecretMap(text, { name: 'flow-secrets', setSecret: () => undefined }),
  });

  beforeAll(loadYaml);

  beforeEach(() => {
    github.on('GET /repos/{owner}/{repo}/installation', { id: 42 });
    github.on('POST /app/installations/{installation_id}/access_tokens', { token: 'ghs_of_the_app' });
    github.on('DELETE /installation/token', {});
  });

  it('its push starts workflows by itself, and its token is given back', async () => {
    expect(outcomes(await backMerge(app()))).toEqual([expect.objectContaining({ outcome: 'merged' })]);

    expect(callsTo(routes.start)).toEqual([]);
    expect(deps.core.summary()).toContain('Pushed by the App');
    expect(github.calls.at(-1)?.route).toBe('DELETE /installation/token');
    expect(deps.core.secrets).toContain('ghs_of_the_app');
  });

  it('that may not push either: a pull request of its own, whose checks run', async () => {
    protect('develop');

    expect(outcomes(await backMerge(app()))).toEqual([
      {
        target: 'develop',
        outcome: 'pull-request',
        url: 'https://github.com/acme/shop/pull/7',
        cause: 'protected',
      },
    ]);
    expect(String(callsTo(routes.open)[0]?.['body'])).not.toContain('starts no checks');
  });

  it('the token is given back also when merging fails', async () => {
    run = async (command, options) => {
      const broken = { code: 128, stdout: '', stderr: 'fatal: broken' };
      return command.args.includes('fetch') ? broken : runCommand(command, options);
    };

    await expect(backMerge(app())).rejects.toMatchObject({ code: 'git-failed' });
    expect(github.calls.at(-1)?.route).toBe('DELETE /installation/token');
  });
});

describe('a hotfix', () => {
  beforeEach(() => {
    const { git } = repository;
    git('push', '--quiet', 'origin', `${source}:refs/tags/v1.0.0`);
    git('push', '--quiet', 'origin', 'develop:refs/heads/release/1.1.0', 'develop:refs/heads/support/0.9');
    release('hotfix/1.0.1', { fix: 'x' });
  });

  it('reaches development and every open release, never support', async () => {
    const support = remote('support/0.9');

    const result = await backMerge({ version: '1.0.1' });

    expect(outcomes(result)).toEqual([
      expect.objectContaining({ target: 'develop', outcome: 'merged' }),
      expect.objectContaining({ target: 'release/1.1.0', outcome: 'merged' }),
    ]);
    expect(isAncestor(source, 'origin/release/1.1.0')).toBe(true);
    expect(remote('support/0.9')).toBe(support);
    expect(remote('release/1.0.0')).not.toBe('');
    expect(isAncestor(source, 'origin/release/1.0.0')).toBe(false);
    expect(callsTo(routes.start)).toHaveLength(2);
  });

  it('a branch that fails does not keep the others from it', async () => {
    protect('develop');
    github.on(routes.open, () => Promise.reject(refused('no')));

    const result = await backMerge({ version: '1.0.1' });

    expect(outcomes(result)).toEqual([
      expect.objectContaining({ target: 'develop', outcome: 'failed' }),
      expect.objectContaining({ target: 'release/1.1.0', outcome: 'merged' }),
    ]);
    expect(result.failure).toMatchObject({ code: 'pull-request-refused' });
  });

  it('a conflict with a release has a branch of its own', async () => {
    pushTo('release/1.1.0', { fix: 'other' });

    await backMerge({ version: '1.0.1' });

    expect(remote('back-merge/to-release-1.1.0')).toBe(source);
    expect(callsTo(routes.open)).toEqual([expect.objectContaining({ base: 'release/1.1.0' })]);
  });
});

describe('what stops it before anything is pushed', () => {
  it('a push to support: nothing is merged back', async () => {
    const decision = JSON.stringify(decisionOf({ branch: 'support/1.0', branchKind: 'support', freeze: [] }));

    expect((await backMerge({ decision })).outputs).toEqual({ 'back-merge': '[]' });
    expect(github.calls).toEqual([]);
  });

  it('the development branch is not there', async () => {
    repository.git('-C', repository.remote, 'update-ref', '-d', 'refs/heads/develop');

    expect((await backMerge()).failure).toMatchObject({ code: 'branch-missing' });
  });

  it('no version, no decision', async () => {
    await expect(backMerge({ version: '' })).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(backMerge({ decision: '' })).rejects.toMatchObject({ code: 'record-dropped' });
    await expect(backMerge({ decision: '{}' })).rejects.toMatchObject({ code: 'decision-unreadable' });
  });
});

function refused(message: string): ActionError {
  return new ActionError({ code: 'github-permission', message, hint: 'Ask.', cause: { status: 403 } });
}
