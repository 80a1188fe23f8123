// Archives out of containers: what is fit arrives, what is hostile writes nothing outside and is refused.
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { packTar, type TarEntry } from 'modern-tar';
import { innerPath, type UnpackBudget, type UnpackedFile, unpack } from '../src/tar.js';

describe('an archive', () => {
  let root: string;
  let folder: string;
  const run = async (
    entries: readonly TarEntry[],
    budget: UnpackBudget = { bytes: 1_000_000, entries: 100 },
  ): Promise<readonly UnpackedFile[]> =>
    unpack(Readable.from([Buffer.from(await packTar(entries))]), folder, budget);
  const file = (name: string, body = 'text'): TarEntry => {
    return { header: { name, size: Buffer.byteLength(body), type: 'file' }, body };
  };
  const outside = (): readonly string[] => readdirSync(root).filter((name) => name !== 'folder');

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'headgate-unpack-'));
    folder = join(root, 'folder');
    mkdirSync(folder);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('of files and folders arrives, with modes of our own', async () => {
    const nested = 'a/'.repeat(40) + 'long-name'.repeat(20);
    const files = await run([
      { header: { name: 'reports/', size: 0, type: 'directory', mode: 0o777 } },
      { header: { name: 'reports/unit.xml', size: 3, type: 'file', mode: 0o4777 }, body: '<a>' },
      file(nested, 'deep'),
      file('./empty', ''),
    ]);

    expect(files).toEqual([
      { path: 'reports/unit.xml', size: 3 },
      { path: nested, size: 4 },
      { path: 'empty', size: 0 },
    ]);
    expect(readFileSync(join(folder, 'reports/unit.xml'), 'utf8')).toBe('<a>');
    expect(readFileSync(join(folder, nested), 'utf8')).toBe('deep');
    expect(lstatSync(join(folder, 'reports/unit.xml')).mode & 0o7133).toBe(0);
  });

  it.each<readonly [string, readonly TarEntry[]]>([
    ['a path that leads out', [file('../evil')]],
    ['a path that leads out by way of a folder', [file('a/../../evil')]],
    ['an absolute path', [file('/tmp/headgate-unpack-evil')]],
    ['a path with a control character', [file('a\nb')]],
    ['a link', [{ header: { name: 'link', size: 0, type: 'symlink', linkname: '..' } }, file('link/evil')]],
    ['a hard link', [{ header: { name: 'link', size: 0, type: 'link', linkname: '/etc/passwd' } }]],
    ['a device', [{ header: { name: 'null', size: 0, type: 'character-device' } }]],
    ['a pipe', [{ header: { name: 'pipe', size: 0, type: 'fifo' } }]],
    ['one file twice', [file('a'), file('a')]],
    ['a file as a folder', [file('a'), file('a/b')]],
    ['a path deeper than 64 folders', [file(`${'a/'.repeat(64)}b`)]],
    ['a path by an attribute', [{ header: { name: 'a', size: 1, pax: { path: '../evil' } }, body: 'x' }]],
  ])('with %s is refused and writes nothing outside', async (_, entries) => {
    await expect(run(entries)).rejects.toMatchObject({ code: 'files-refused' });
    expect(outside()).toEqual([]);
  });

  it('larger than allowed is refused before its bytes are written', async () => {
    const large = file('large', 'x'.repeat(10_000));
    await expect(run([large], { bytes: 5_000, entries: 9 })).rejects.toMatchObject({ code: 'files-refused' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('with too many entries is refused, also over several archives', async () => {
    const budget = { bytes: 1_000_000, entries: 3 };
    await run([file('a'), file('b')], budget);
    await expect(run([file('c'), file('d')], budget)).rejects.toMatchObject({ code: 'files-refused' });
  });

  it('cut off is refused', async () => {
    const bytes = Buffer.from(await packTar([file('a', 'x'.repeat(2_000))]));
    const cut = Readable.from([bytes.subarray(0, 1_024)]);
    await expect(unpack(cut, folder, { bytes: 1e6, entries: 9 })).rejects.toMatchObject({
      code: 'files-refused',
    });
  });

  it('of any bytes throws nothing but a refusal and writes nothing outside', async () => {
    const valid = await packTar([file('a/b', 'hello'), file('c')]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 8 }),
        async (changes) => {
          const bytes = Buffer.from(valid);
          for (const [at, value] of changes) bytes[at] = value;
          rmSync(folder, { recursive: true });
          mkdirSync(folder);
          await unpack(Readable.from([bytes]), folder, { bytes: 1e6, entries: 9 }).catch((error: unknown) => {
            expect(error).toMatchObject({ code: 'files-refused' });
          });
          expect(outside()).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  });
});

it('no path that is taken for an inner one leads out', () => {
  const part = fc.oneof(fc.constantFrom('..', '.', '', 'a', '\\', '\0', '~'), fc.string());
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const inner = innerPath(parts.join('/'));
      if (inner !== null) expect(join('/root', ...inner)).toMatch(/^\/root\/./);
    }),
  );
});
