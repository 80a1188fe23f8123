// Merges without a work tree, on real repositories.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createGitMerge, type GitMerge } from '../src/git-merge.js';
import { runCommand } from '../src/process.js';
import { createTestRepository, type TestRepository } from '../src/testing/git-remote.js';

let repository: TestRepository;
let merge: GitMerge;
let base: string;

beforeEach(() => {
  repository = createTestRepository();
  merge = createGitMerge(runCommand, repository.directory);
  base = repository.commit('base', { 'a.txt': 'one\n', 'b.txt': 'two\n' });
  repository.git('branch', 'side');
});

afterEach(() => repository.remove());

/** A commit on the branch `side`, by Eve. */
function onSide(files: Readonly<Record<string, string>>): string {
  repository.git('checkout', '--quiet', 'side');
  repository.git('config', 'user.name', 'Eve');
  const commit = repository.commit('side', files);
  repository.git('checkout', '--quiet', 'develop');
  return commit;
}

describe('createGitMerge', () => {
  it('a clean merge has a tree, and its commit both parents, even where a fast-forward would do', async () => {
    const side = onSide({ 'a.txt': 'changed\n' });

    const trial = await merge.attempt('develop', 'side');
    const tree = repository.git('rev-parse', 'side^{tree}');
    expect(trial).toEqual({ kind: 'clean', tree });

    const message = 'Merge\n\nwith a body';
    const commit = await merge.commit({ tree, parents: [base, side], message, at: '2026-03-01T10:00:00Z' });

    expect(repository.git('show', '--no-patch', '--format=%P|%B|%an|%at', commit)).toBe(
      `${base} ${side}|${message}\n|github-actions[bot]|1772359200`,
    );
    expect(repository.git('rev-parse', 'develop')).toBe(base);
  });

  it('a conflict names its files as they are, and leaves work tree and index alone', async () => {
    onSide({ 'a.txt': 'left\n', 'ü "q"\n.txt': 'left\n', 'b.txt': 'two\nthree\n' });
    repository.commit('here', { 'a.txt': 'right\n', 'ü "q"\n.txt': 'right\n' });

    expect(await merge.attempt('develop', 'side')).toEqual({
      kind: 'conflict',
      tree: expect.stringMatching(/^[0-9a-f]{40}$/),
      files: ['a.txt', 'ü "q"\n.txt'],
    });
    expect(repository.git('status', '--porcelain')).toBe('');
  });

  it('says who changed a file last, also one whose name is a pattern', async () => {
    const first = repository.commit('first', { '*.txt': '1', 'a.txt': '1' });
    repository.commit('second', { 'a.txt': '2' });

    expect(await merge.lastChange('*.txt', base, 'develop')).toEqual({ author: 'Dana', commit: first });
    expect(await merge.lastChange('b.txt', base, 'develop')).toBeNull();
  });

  it('finds the common ancestor, or none', async () => {
    onSide({ 'a.txt': 'x' });
    repository.commit('here', { 'b.txt': 'x' });
    expect(await merge.base('develop', 'side')).toBe(base);

    repository.git('checkout', '--quiet', '--orphan', 'other');
    repository.commit('alone');
    expect(await merge.base('develop', 'other')).toBeNull();
    await expect(merge.attempt('develop', 'other')).rejects.toMatchObject({
      code: 'git-failed',
      message: expect.stringContaining('unrelated histories'),
    });
  });

  it('refuses what is no revision', async () => {
    await expect(merge.attempt('--upload-pack=x', 'side')).rejects.toMatchObject({ code: 'git-failed' });
  });
});
