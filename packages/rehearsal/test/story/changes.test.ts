// Changes of a push, on a real folder.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Push } from '../../src/story/action-schema.js';
import { applyChanges, changesNothing, replaceOnce } from '../../src/story/changes.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-changes-'));
  await mkdir(join(folder, 'tree'));
  await mkdir(join(folder, 'story', 'over', 'src'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const none: Push = {
  branch: 'b',
  from: 'develop',
  by: 'mona',
  message: 'm',
  replace: [],
  write: {},
  delete: [],
};
const apply = (push: Partial<Push>): Promise<void> =>
  applyChanges({ ...none, ...push }, join(folder, 'tree'), join(folder, 'story'));

describe('changes', () => {
  it('lay a folder over the tree, then write, replace and delete', async () => {
    await writeFile(join(folder, 'tree', 'old.txt'), 'old');
    await writeFile(join(folder, 'story', 'over', 'src', 'a.txt'), 'one two');

    await apply({
      copy: 'over',
      write: { 'deep/b.txt': 'b' },
      replace: [{ file: 'src/a.txt', find: 'two', with: '$& three' }],
      delete: ['old.txt'],
    });

    expect(await readFile(join(folder, 'tree', 'src', 'a.txt'), 'utf8')).toBe('one $& three');
    expect((await readdir(join(folder, 'tree'))).sort()).toEqual(['deep', 'src']);
  });

  it('say which file cannot be read or copied', async () => {
    await expect(apply({ replace: [{ file: 'no.txt', find: 'a', with: 'b' }] })).rejects.toThrow(
      /no\.txt cannot be read/,
    );
    await expect(apply({ copy: 'nowhere' })).rejects.toThrow(/nowhere cannot be copied/);
  });

  it.each([
    ['a b', 'nowhere'],
    ['x y x', '2 times'],
  ])('refuse a text that does not stand there exactly once (%j)', (text, found) => {
    expect(() => replaceOnce(text, { file: 'f', find: 'x', with: 'z' })).toThrow(found);
  });

  it('know a push without any', () => {
    expect(changesNothing(none)).toBe(true);
    expect(changesNothing({ ...none, delete: ['a'] })).toBe(false);
  });
});
