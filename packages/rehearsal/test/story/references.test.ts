// Branches and tags, read from a real repository.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '@headgate/kit/process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createReferences, type References } from '../../src/story/references.js';

let folder = '';
let references: References;
const shas: Record<string, string> = {};

async function git(...args: string[]): Promise<string> {
  const identity = { GIT_AUTHOR_NAME: 'm', GIT_AUTHOR_EMAIL: 'm@example.com' };
  const env = { ...identity, GIT_COMMITTER_NAME: 'm', GIT_COMMITTER_EMAIL: 'm@example.com' };
  const { code, stdout, stderr } = await runCommand({ file: 'git', args, cwd: folder, env });
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-references-'));
  await git('init', '-q', '--bare', '-b', 'master');
  const tree = await git('hash-object', '-t', 'tree', '-w', '/dev/null');
  shas['first'] = await git('commit-tree', tree, '-m', 'first');
  shas['second'] = await git('commit-tree', tree, '-p', shas['first'], '-m', 'second');
  await git('update-ref', 'refs/heads/master', shas['first']);
  await git('update-ref', 'refs/heads/develop', shas['second']);
  await git('tag', '-a', '-m', 'Release', 'v1.0.0', shas['first']);
  await git('tag', 'light', shas['second']);
  references = createReferences(folder, runCommand);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('references', () => {
  it('lists branches and tags', async () => {
    expect(await references.list()).toEqual({ branches: ['develop', 'master'], tags: ['light', 'v1.0.0'] });
  });

  it('tells an annotated tag from a light one, and none from both', async () => {
    expect(await references.find('tag', 'v1.0.0')).toEqual({ commit: shas['first'], annotated: true });
    expect(await references.find('tag', 'light')).toEqual({ commit: shas['second'], annotated: false });
    expect(await references.find('branch', 'develop')).toEqual({ commit: shas['second'], annotated: false });
    expect(await references.find('tag', 'v2.0.0')).toBeNull();
    expect(await references.find('branch', '--all')).toBeNull();
  });

  it('knows what a branch contains, and that nothing contains a branch which is not there', async () => {
    expect(await references.isAncestor('master', 'develop')).toBe(true);
    expect(await references.isAncestor('develop', 'master')).toBe(false);
    expect(await references.isAncestor('gone', 'develop')).toBe(false);
  });
});
