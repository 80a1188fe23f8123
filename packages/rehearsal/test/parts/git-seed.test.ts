// Seeding a bare repository from a folder, with real git.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '@headgate/kit/process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { seedRepository } from '../../src/parts/git-seed.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-seed-'));
  await runCommand({ file: 'git', args: ['init', '-q', '--bare', join(folder, 'bare')] });
  await mkdir(join(folder, 'files', 'node_modules', 'dep'), { recursive: true });
  await mkdir(join(folder, 'files', 'deep', 'node_modules'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const seed = (tags: readonly string[] = []): Promise<string> =>
  seedRepository(
    {
      files: join(folder, 'files'),
      bare: join(folder, 'bare'),
      refs: ['refs/heads/master', 'refs/heads/develop'],
      tags,
      message: 'First',
      time: 1_700_000_000,
    },
    runCommand,
  );
const git = async (...args: string[]): Promise<string> =>
  (await runCommand({ file: 'git', args: ['--git-dir', join(folder, 'bare'), ...args] })).stdout.trim();

describe('a seed', () => {
  it('has the tags it is asked for, annotated', async () => {
    const commit = await seed(['v1.0.0']);

    expect(await git('cat-file', '-t', 'v1.0.0')).toBe('tag');
    expect(await git('rev-parse', 'v1.0.0^{commit}')).toBe(commit);
  });

  it('holds the files, but neither what .gitignore names nor installed packages', async () => {
    await writeFile(join(folder, 'files', 'a.txt'), 'a');
    await writeFile(join(folder, 'files', '.gitignore'), 'secret.txt\n');
    await writeFile(join(folder, 'files', 'secret.txt'), 's');
    await writeFile(join(folder, 'files', 'node_modules', 'dep', 'index.js'), '');
    await writeFile(join(folder, 'files', 'deep', 'node_modules', 'x.js'), '');

    const commit = await seed();

    expect(await git('ls-tree', '-r', '--name-only', commit)).toBe('.gitignore\na.txt');
    expect(await git('rev-parse', 'develop')).toBe(commit);
    expect(await git('symbolic-ref', 'HEAD')).toBe('refs/heads/master');
  });

  it('takes a folder that is itself a repository as it lies there, and leaves it alone', async () => {
    const own = join(folder, 'files');
    await runCommand({ file: 'git', args: ['init', '-q', own] });
    await writeFile(join(own, 'new.txt'), 'not committed');

    const commit = await seed();

    expect(await git('show', `${commit}:new.txt`)).toBe('not committed');
    const status = await runCommand({ file: 'git', args: ['-C', own, 'status', '--porcelain'] });
    expect(status.stdout.trim()).toBe('?? new.txt');
  });

  it('gives the same commit for the same files', async () => {
    await writeFile(join(folder, 'files', 'a.txt'), 'a');

    expect(await seed()).toBe(await seed());
  });
});
