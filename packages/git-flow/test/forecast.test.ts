// What merging back will meet, on real repositories.
import type { ActionResult } from '@headgate/kit/action';
import { runCommand } from '@headgate/kit/process';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { createTestGitHub, type TestGitHub } from '@headgate/kit/testing/github';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { forecastRun } from '../src/forecast.js';
import { decisionOf } from './fixtures.js';

const routes = {
  pulls: 'GET /repos/{owner}/{repo}/pulls',
  comments: 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
  comment: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
} as const;

let repository: TestRepository;
let github: TestGitHub;
let deps: TestDeps;

beforeEach(() => {
  repository = createTestRepository();
  github = createTestGitHub();
  const files = {
    'headgate.yml': 'application: shop\nimages: {shop: {}}\n',
    Dockerfile: '',
    a: '1\n',
    b: '1\n',
  };
  repository.commit('one', files);
  push('develop', 'master');
  github.on(routes.pulls, [
    { number: 7, head: { ref: 'release/1.0.0', repo: { full_name: 'acme/shop' } }, base: { ref: 'master' } },
    { number: 8, head: { ref: 'release/1.0.0', repo: { full_name: 'acme/shop' } }, base: { ref: 'develop' } },
  ]);
  github.on(routes.comments, []);
  github.on(routes.comment, {});
});

afterEach(() => repository.remove());

function push(...branches: readonly string[]): void {
  for (const branch of branches) repository.git('push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`);
}

/** A commit on a branch of the remote; where the checkout stood is restored. */
function on(branch: string, files: Readonly<Record<string, string>>): string {
  const { git } = repository;
  git('fetch', '--quiet', 'origin');
  git('checkout', '--quiet', '--detach', `origin/${branch}`);
  const commit = repository.commit(`work on ${branch}`, files);
  push(branch);
  return commit;
}

function forecast(branch: string, event: Readonly<Record<string, unknown>> = {}): Promise<ActionResult> {
  const sha = repository.git('rev-parse', 'HEAD');
  const context = createTestContext({ sha, workspace: repository.directory, event });
  deps = createTestDeps({ run: runCommand, connectGitHub: github.connect, context });
  const decision = JSON.stringify(decisionOf({ branch, branchKind: 'release', commit: sha }));
  const inputs = {
    mode: 'forecast',
    version: '',
    decision,
    configuration: 'headgate.yml',
    githubToken: 't',
  } as const;
  return forecastRun(inputs, deps);
}

function comments(): readonly (readonly [unknown, unknown])[] {
  return github.calls
    .filter(({ route }) => route === routes.comment)
    .map(({ parameters }) => [parameters['issue_number'], parameters['body']] as const);
}

/** Everything on the remote: branches and their commits. */
function refs(): string {
  return repository.git('ls-remote', 'origin');
}

describe('mode forecast', () => {
  it('no conflict: says so on the pull request into production, and moves nothing', async () => {
    push('release/1.0.0');
    on('develop', { c: 'feature' });
    on('release/1.0.0', { d: 'polish' });
    const before = refs();

    const result = await forecast('release/1.0.0');

    expect(result.failure).toBeUndefined();
    expect(comments()).toEqual([[7, expect.stringMatching(/\| `develop` \| no conflict \|/)]]);
    expect(refs()).toBe(before);
    expect(repository.git('status', '--porcelain')).toBe('');
  });

  it('a conflict names files and the last authors on both sides', async () => {
    push('release/1.0.0');
    on('develop', { a: 'ours\n' });
    on('release/1.0.0', { a: 'theirs\n' });

    await forecast('release/1.0.0');

    const [[, body] = []] = comments();
    expect(body).toMatch(/\| `a` \| Dana \(`\w{7}`\) \| Dana \(`\w{7}`\) \|/);
    expect(body).toContain('will become a pull request');
    expect(deps.core.summary()).toContain('`a`');
  });

  it('a conflict in files alone that are made again is none', async () => {
    const rule = '{paths: [a], run: [make, a]}';
    const text = `application: shop\nimages: {shop: {}}\nback-merge: {derived: [${rule}]}\n`;
    repository.commit('derived', { 'headgate.yml': text });
    push('develop', 'master', 'release/1.0.0');
    on('develop', { a: 'ours\n' });
    on('release/1.0.0', { a: 'theirs\n' });

    await forecast('release/1.0.0');

    expect(comments()[0]?.[1]).toContain('| `develop` | no conflict but in files that are made again |');
  });

  it('what production will be counts, not the branch alone', async () => {
    push('release/1.0.0');
    on('master', { a: 'hotfix that never came back\n' });
    on('develop', { a: 'other\n' });
    on('release/1.0.0', { b: 'polish\n' });

    await forecast('release/1.0.0');

    expect(comments()[0]?.[1]).toMatch(/\| `develop` \| \*\*conflict\*\*, see below \|/);
  });

  it('production itself cannot take the branch: that comes first', async () => {
    push('release/1.0.0');
    on('master', { a: 'hotfix\n' });
    on('release/1.0.0', { a: 'polish\n' });

    await forecast('release/1.0.0');

    expect(comments()[0]?.[1]).toMatch(/Merge `master` into this branch/);
    expect(comments()[0]?.[1]).toMatch(/\| `develop` \| no conflict \|/);
  });

  it('a hotfix is tried on every open release too', async () => {
    github.on(routes.pulls, []);
    push('release/1.1.0', 'hotfix/1.0.1');
    on('release/1.1.0', { a: 'new\n' });
    on('hotfix/1.0.1', { a: 'fixed\n' });

    await forecast('hotfix/1.0.1');

    expect(comments()).toEqual([]);
    expect(deps.core.summary()).toMatch(
      /\| `develop` \| no conflict \|\n\| `release\/1.1.0` \| \*\*conflict\*\*/,
    );
  });

  it('of a pull request the branch’s own commit counts, not the merge that is checked out', async () => {
    push('release/1.0.0');
    const head = on('release/1.0.0', { a: 'theirs\n' });
    on('develop', { a: 'ours\n' });
    repository.git('checkout', '--quiet', '--detach', 'origin/master');

    await forecast('release/1.0.0', { pull_request: { head: { sha: head } } });

    expect(comments()[0]?.[1]).toMatch(/\| `develop` \| \*\*conflict\*\*/);
  });

  it('the development branch is not there: said, not failed', async () => {
    push('release/1.0.0');
    repository.git('-C', repository.remote, 'update-ref', '-d', 'refs/heads/develop');

    await forecast('release/1.0.0');

    expect(deps.core.summary()).toContain('the branch is not there');
  });

  it('a token that may not comment: the summary has it, with a warning', async () => {
    push('release/1.0.0');
    github = createTestGitHub();

    expect((await forecast('release/1.0.0')).failure).toBeUndefined();
    expect(deps.core.summary()).toContain('no conflict');
    expect(deps.core.annotations).toEqual([expect.objectContaining({ level: 'warning' })]);
  });

  describe('of releases that production never ran', () => {
    const production = `environments:
  production:
    branch: production
    targets:
      web: {compose: compose.yaml, service: web, image: shop, port: 80, proxy: {socket: /s, backend: b}}
`;
    const text = `application: shop\nimages: {shop: {}}\n${production}`;
    const deployments = 'GET /repos/{owner}/{repo}/deployments';

    beforeEach(() => {
      const { git } = repository;
      repository.commit('one environment', { 'headgate.yml': text, 'compose.yaml': 'services: {web: {}}' });
      git('tag', 'v1.0.0');
      repository.commit('two');
      git('tag', 'v1.1.0');
      git('tag', 'v1.1.0-rc.1');
      push('develop', 'master', 'hotfix/1.1.1');
      on('develop', { c: 'x' });
      git('tag', 'v1.0.5');
      git('push', '--quiet', 'origin', '--tags');
      on('hotfix/1.1.1', { fix: 'x' });
      github.on('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', [{ state: 'success' }]);
    });

    it('those that are contained are named, with the way to ship without them', async () => {
      github.on(deployments, [{ id: 1, payload: { version: '1.0.0' } }]);

      await forecast('hotfix/1.1.1');

      expect(deps.core.summary()).toContain(
        '`production` runs `1.0.0`. This also ships `v1.1.0`, which it never ran; to ship without, begin `support/1.0`',
      );
    });

    it('none when production runs the last one', async () => {
      github.on(deployments, [{ id: 1, payload: { version: '1.1.0' } }]);

      await forecast('hotfix/1.1.1');

      expect(deps.core.summary()).not.toContain('also ships');
    });

    it.each([
      ['nothing is known of production', () => github.on(deployments, [])],
      ['the token may not ask', () => undefined],
    ])('%s: nothing is said', async (_name, answer) => {
      answer();

      await forecast('hotfix/1.1.1');

      expect(deps.core.summary()).not.toContain('also ships');
      expect(deps.core.summary()).toContain('no conflict');
    });
  });

  it('another branch has no forecast', async () => {
    await forecast('feature/x');

    expect(deps.core.summary()).toBe('');
    expect(github.calls).toEqual([]);
  });
});
