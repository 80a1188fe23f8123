// What people edit while a rehearsal runs: found as git sees it, brought into other folders, kept for the next rehearsal.
import { execFileSync } from 'node:child_process';
import { chmod, lstat, mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '@headgate/kit/process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freePorts, isFree } from '../../src/parts/free-port.js';
import { bundleSeed, editedFolders, fetchSeed } from '../../src/parts/git-edits.js';
import { seedRepository } from '../../src/parts/git-seed.js';
import { editedText, layOver } from '../../src/runner/edits.js';

let root = '';
let files = '';
let bare = '';
let commit = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'headgate-edits-'));
  files = join(root, 'files');
  bare = makeBare('bare.git');
  await mkdir(join(files, 'src'), { recursive: true });
  await writeFile(join(files, '.gitignore'), 'dist\n');
  await writeFile(join(files, 'src', 'a.js'), 'a\n');
  await writeFile(join(files, 'run.sh'), 'true\n');
  await writeFile(join(files, 'old.txt'), 'old\n');
  const seed = { files, bare, refs: ['refs/heads/main'], message: 'first', time: 1_700_000_000 };
  commit = await seedRepository(seed, runCommand);
});
afterEach(() => rm(root, { recursive: true, force: true }));

function makeBare(name: string): string {
  const folder = join(root, name);
  execFileSync('git', ['init', '--quiet', '--bare', folder]);
  return folder;
}

const edits = (): ReturnType<typeof editedFolders> =>
  editedFolders(new Map([['octo/shop', { files, bare, commit }]]), runCommand);

/** One edit of each kind, and two that do not count. */
async function edit(): Promise<void> {
  await writeFile(join(files, 'src', 'a.js'), 'b\n');
  await writeFile(join(files, 'src', 'name with "quotes"\t.js'), 'new\n');
  await chmod(join(files, 'run.sh'), 0o755);
  await rm(join(files, 'old.txt'));
  await symlink('src/a.js', join(files, 'link'));
  await mkdir(join(files, 'dist'));
  await writeFile(join(files, 'dist', 'x'), 'ignored\n');
  await mkdir(join(files, 'node_modules', 'p'), { recursive: true });
  await writeFile(join(files, 'node_modules', 'p', 'x'), 'left out\n');
}

describe('edits', () => {
  it('are none at first, and none where nobody edits', async () => {
    expect(await edits().changed('octo/shop')).toEqual([]);
    expect(await edits().changed('octo/other')).toEqual([]);
    expect(edits().folderOf('octo/other')).toBeNull();
  });

  it('are what git sees: new, changed, deleted, linked, made executable', async () => {
    await edit();
    const found = await edits().changed('octo/shop');

    expect([...found].sort((one, other) => one.path.localeCompare(other.path))).toEqual([
      { path: 'link', deleted: false },
      { path: 'old.txt', deleted: true },
      { path: 'run.sh', deleted: false },
      { path: 'src/a.js', deleted: false },
      { path: 'src/name with "quotes"\t.js', deleted: false },
    ]);
    // Looked at again, nothing of the first look stands in the way.
    await writeFile(join(files, 'src', 'a.js'), 'a\n');
    expect((await edits().changed('octo/shop')).map(({ path }) => path)).not.toContain('src/a.js');
  });

  it('are laid over another folder once, with mode and link, and leave the rest alone', async () => {
    const target = join(root, 'target');
    execFileSync('git', ['clone', '--quiet', '--branch', 'main', bare, target]);
    await writeFile(join(target, 'made.txt'), 'by the job\n');
    await edit();

    const brought = await layOver(target, 'octo/shop', edits());

    expect(brought).toHaveLength(5);
    expect(await readFile(join(target, 'src', 'a.js'), 'utf8')).toBe('b\n');
    expect((await lstat(join(target, 'run.sh'))).mode & 0o111).toBe(0o111);
    expect(await readlink(join(target, 'link'))).toBe('src/a.js');
    expect(await readFile(join(target, 'made.txt'), 'utf8')).toBe('by the job\n');
    await expect(lstat(join(target, 'old.txt'))).rejects.toThrow('ENOENT');
    expect(await layOver(target, 'octo/shop', edits())).toEqual([]);
  });

  it('replace a folder where a file is now', async () => {
    const target = join(root, 'target');
    await mkdir(join(target, 'run.sh', 'deep'), { recursive: true });
    await chmod(join(files, 'run.sh'), 0o755);
    await layOver(target, 'octo/shop', edits());

    expect(await readFile(join(target, 'run.sh'), 'utf8')).toBe('true\n');
  });

  it('of one file are its text, or null as it was', async () => {
    const path = { repository: 'octo/shop', path: 'src/a.js' };
    expect(await editedText(edits(), path)).toBeNull();
    await edit();

    expect(await editedText(edits(), path)).toBe('b\n');
    expect(await editedText(edits(), { ...path, path: 'old.txt' })).toBeNull();
  });
});

describe('a kept seed', () => {
  it('comes back under the same name, without what was edited since', async () => {
    const file = join(root, 'seed.bundle');
    await bundleSeed({ files, bare, commit }, file, runCommand);
    await edit();
    const other = makeBare('other.git');

    await fetchSeed(
      { bare: other, file, commit, refs: ['refs/heads/main', 'refs/heads/develop'] },
      runCommand,
    );

    const git = (...args: string[]): string =>
      execFileSync('git', ['--git-dir', other, ...args], { encoding: 'utf8' }).trim();
    expect(git('rev-parse', 'HEAD', 'develop').split('\n')).toEqual([commit, commit]);
    expect(git('cat-file', 'blob', 'HEAD:src/a.js')).toBe('a');
    expect(git('for-each-ref', '--format=%(refname)').split('\n')).toEqual([
      'refs/heads/develop',
      'refs/heads/main',
    ]);
  });

  it('that is broken says so', async () => {
    const file = join(root, 'broken');
    await writeFile(file, 'no bundle');

    await expect(fetchSeed({ bare, file, commit, refs: [] }, runCommand)).rejects.toMatchObject({
      code: 'repository-not-seeded',
      hint: expect.stringContaining('without --from'),
    });
  });
});

describe('a port', () => {
  it('is free until somebody listens', async () => {
    const [port = 0] = await freePorts(1);
    expect(await isFree(port)).toBe(true);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));

    expect(await isFree(port)).toBe(false);
    await new Promise((resolve) => server.close(resolve));
  });
});
