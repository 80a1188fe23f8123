// What a story lays over the application before anything begins.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readApplication } from '../../src/story/application.js';

let folder = '';
let scratch = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-beginning-'));
  scratch = join(folder, 'scratch');
  const shop = join(folder, 'shop');
  for (const each of ['.github/workflows', 'node_modules/x', 'stories/small'])
    await mkdir(join(shop, each), { recursive: true });
  await mkdir(scratch);
  await writeFile(join(shop, '.github', 'workflows', 'delivery.yml'), 'on: push\n');
  await writeFile(join(shop, 'Dockerfile'), 'FROM scratch\n');
  await writeFile(join(shop, 'old.txt'), 'old');
  await writeFile(join(shop, 'headgate.yml'), configuration('shop'));
  await writeFile(join(shop, 'stories', 'small', 'headgate.yml'), configuration('small'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const configuration = (image: string): string =>
  `application: shop\nregistry: {host: {var: REGISTRY}}\nimages:\n  ${image}: {}\n`;

async function read(begins: string): ReturnType<typeof readApplication> {
  const text = `story: a\nabout: b\n${begins}steps: [{name: A, merge: {branch: b, by: c}}]\n`;
  await writeFile(join(folder, 'shop', 'stories', 'a.yml'), text);
  return readApplication(join(folder, 'shop'), 'a', scratch);
}

describe('a story begins with', () => {
  it('the application where it lies, unless it says something else', async () => {
    const { files, directory } = await read('');

    expect(files).toBe(directory);
    expect(await readdir(scratch)).toEqual([]);
  });

  it('what it lays over a copy, whose headgate.yml counts then', async () => {
    const {
      files,
      directory,
      configuration: found,
    } = await read(
      'begins-with: {copy: small, delete: [old.txt], write: {new.txt: new}, replace: [{file: Dockerfile, find: scratch, with: base}]}\n',
    );

    expect(directory).toBe(join(folder, 'shop'));
    expect(Object.keys(found.images)).toEqual(['small']);
    expect((await readdir(files)).sort()).toEqual([
      '.github',
      'Dockerfile',
      'headgate.yml',
      'new.txt',
      'stories',
    ]);
    expect(await readFile(join(files, 'Dockerfile'), 'utf8')).toBe('FROM base\n');
    expect(await readFile(join(directory, 'Dockerfile'), 'utf8')).toBe('FROM scratch\n');
  });

  it('nothing that does not fit', async () => {
    const begins = 'begins-with: {replace: [{file: Dockerfile, find: alpine, with: base}]}\n';

    await expect(read(begins)).rejects.toThrow('Dockerfile: the text "alpine" was expected once');
  });
});
