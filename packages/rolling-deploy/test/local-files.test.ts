// The files of this machine, as leases and journals need them.
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttp } from '@headgate/kit/http';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { connectLocal } from '../src/local-transport.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('are created by one of many, replaced as a whole, swept of what dead writers left, and removed', async () => {
  const { files } = connectLocal({ http: createHttp(), engine: '/nowhere', proxySocket: '/nowhere' });
  const path = join(folder, 'deep', 'web.lock');
  await files.sweep(path);
  const made = await Promise.all(['one', 'two', 'three'].map((text) => files.create(path, text)));
  expect(made.filter(Boolean)).toHaveLength(1);
  await Promise.all(['x'.repeat(9000), 'y'.repeat(9000)].map((text) => files.replace(path, text)));
  expect(await files.read(path)).toMatch(/^(x{9000}|y{9000})$/);

  for (const name of ['.0a1b2c3d4e5f', '.f5e4d3c2b1a0', 'er']) writeFileSync(`${path}${name}`, '');
  for (const name of ['.0a1b2c3d4e5f', '', 'er']) utimesSync(`${path}${name}`, 1_000, 1_000);
  await files.sweep(path);
  expect(readdirSync(join(folder, 'deep')).toSorted()).toEqual([
    'web.lock',
    'web.lock.f5e4d3c2b1a0',
    'web.locker',
  ]);

  await files.remove(path);
  await files.remove(path);
  expect(await files.read(path)).toBeNull();
});
