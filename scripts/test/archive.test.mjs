// What a runner downloads: weighed and compared with what it needs, as the files lie there.
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { archiveLimit, archiveProblems, makeArchive } from '../check/archive.mjs';
import { runChild } from '../workspace/child.mjs';

let root = '';

/** @param {string} path @param {string} text */
function write(path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const git = (/** @type {string[]} */ ...args) => runChild('git', args, { cwd: root });

/** @param {string[]} needed */
async function problems(...needed) {
  const archive = await makeArchive(root);
  if (!archive) throw new Error('no archive');
  return archiveProblems(archive, needed);
}

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'headgate-archived-'));
  await git('init', '--quiet');
  write('.gitattributes', '/.gitattributes export-ignore\n/docs export-ignore\n');
  write('.gitignore', 'node_modules/\n');
  write('action.yml', 'name: a\n');
  write('docs/a.md', 'text\n');
  write('node_modules/a/index.js', '\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('the archive', () => {
  it('holds what is neither ignored nor left out, committed or not', async () => {
    expect(await makeArchive(root)).toMatchObject({ files: ['.gitignore', 'action.yml'] });
  });

  it('leaves the repository as it was', async () => {
    await git('add', 'action.yml');
    const before = (await git('status', '--porcelain')).output;

    await makeArchive(root);

    expect((await git('status', '--porcelain')).output).toBe(before);
    expect((await git('count-objects')).output).toMatch(/^1 objects/);
  });

  it('has no problem when it is what is needed', async () => {
    expect(await problems('.gitignore', 'action.yml')).toEqual([]);
  });

  it('lacks what was left out by mistake, and names it', async () => {
    expect(await problems('.gitignore', 'action.yml', 'docs/a.md')).toEqual([
      expect.stringContaining('docs/a.md is needed and not in the archive'),
    ]);
  });

  it('has what nobody decided on, and names it', async () => {
    write('notes.txt', '\n');

    expect(await problems('.gitignore', 'action.yml')).toEqual([
      expect.stringContaining('notes.txt is in the archive and no runner needs it'),
    ]);
  });

  it('is too heavy above the limit', async () => {
    write('action.yml', randomBytes(archiveLimit).toString('base64'));

    expect(await problems('.gitignore', 'action.yml')).toEqual([
      expect.stringContaining(`${archiveLimit} at most were expected`),
    ]);
  });

  it('is not asked for where there is no repository', async () => {
    rmSync(join(root, '.git'), { recursive: true });

    expect(await makeArchive(root)).toBeNull();
  });
});
