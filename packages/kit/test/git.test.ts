// Git on real repositories, among them one that tries to run things.
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createGit, type Git } from '../src/git.js';
import { runCommand } from '../src/process.js';
import { createTestRepository, type TestRepository } from '../src/testing/git-remote.js';

let repository: TestRepository;
let git: Git;

beforeEach(() => {
  repository = createTestRepository();
  git = createGit(runCommand, repository.directory);
});

afterEach(() => repository.remove());

describe('createGit', () => {
  it('reads commits, trees, parents, files and ancestry', async () => {
    const first = repository.commit('first', { 'a.txt': 'one\n' });
    const second = repository.commit('second', { 'dir/b.txt': 'two' });

    expect(await git.revParse('HEAD')).toBe(second);
    expect(await git.revParse('no-such-branch')).toBeNull();
    expect(await git.tree('HEAD')).toBe(repository.git('rev-parse', 'HEAD^{tree}'));
    expect(await git.parents(second)).toEqual([first]);
    expect(await git.parents(first)).toEqual([]);
    expect(await git.show(first, 'a.txt')).toBe('one\n');
    expect(await git.show(first, 'dir/b.txt')).toBeNull();
    expect(await git.isAncestor(first, second)).toBe(true);
    expect(await git.isAncestor(second, first)).toBe(false);
    expect(await git.isShallow()).toBe(false);
  });

  it('counts commits on the first-parent line alone', async () => {
    const base = repository.commit('base');
    repository.git('checkout', '-q', '-b', 'feature/x');
    repository.commit('f1');
    repository.commit('f2');
    repository.git('checkout', '-q', 'develop');
    repository.git('merge', '-q', '--no-ff', '--no-edit', 'feature/x');

    expect(await git.firstParentCount(base, 'develop')).toBe(1);
  });

  it('lists tags, all or at a commit', async () => {
    repository.commit('one');
    repository.git('tag', '1.0.0');
    repository.commit('two');
    repository.git('tag', '-a', '-m', 'm', '1.1.0');

    expect(await git.tags()).toEqual(['1.0.0', '1.1.0']);
    expect(await git.tags('HEAD')).toEqual(['1.1.0']);
  });

  it.each(['--upload-pack=touch x', '-', '', 'a b', 'a\nb', 'HEAD..x', 'HEAD~1', 'x:y', '@{u}\u0000', 'a*'])(
    'refuses the revision %j',
    async (revision) => {
      repository.commit('one');

      await expect(call(() => git.revParse(revision))).rejects.toMatchObject({ code: 'git-failed' });
      await expect(call(() => git.tree(revision))).rejects.toMatchObject({ code: 'git-failed' });
      await expect(call(() => git.show(revision, 'a'))).rejects.toMatchObject({ code: 'git-failed' });
    },
  );

  it('takes hostile paths for paths', async () => {
    const commit = repository.commit('one', { '--help': 'x', 'a b;$(touch y)': 'z' });

    expect(await git.show(commit, '--help')).toBe('x');
    expect(await git.show(commit, 'a b;$(touch y)')).toBe('z');
  });

  it('runs nothing that the repository configures', async () => {
    repository.commit('one', { 'a.txt': '1' });
    const canary = join(repository.directory, 'canary');
    const script = join(repository.directory, 'evil.sh');
    writeFileSync(script, `#!/bin/sh\ntouch ${canary}\n`);
    chmodSync(script, 0o755);
    mkdirSync(join(repository.directory, '.git/hooks'), { recursive: true });
    for (const hook of ['post-checkout', 'reference-transaction', 'post-index-change']) {
      writeFileSync(join(repository.directory, '.git/hooks', hook), `#!/bin/sh\ntouch ${canary}\n`, {
        mode: 0o755,
      });
    }
    repository.git('config', 'core.fsmonitor', script);
    repository.git('config', 'core.pager', script);
    repository.git('config', 'core.sshCommand', script);

    await git.revParse('HEAD');
    await git.tree('HEAD');
    await git.tags('HEAD');
    await git.parents('HEAD');
    await git.show('HEAD', 'a.txt');

    expect(existsSync(canary)).toBe(false);
  });

  it('says what git said when it fails', async () => {
    await expect(git.tree('HEAD')).rejects.toMatchObject({
      code: 'git-failed',
      hint: expect.stringContaining('fetch-depth: 0'),
    });
  });
});

/** A refusal before any command may be thrown or rejected; both are refusals. */
async function call<T>(action: () => Promise<T>): Promise<T> {
  return action();
}
