// Before publishing: one number in every package.json, bundles that are proved, files with their checksums.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { builtNames } from '../release/assets.mjs';
import { checkBundles, makeAssets } from '../release/build.mjs';
import { readChecksums } from '../release/checksums.mjs';
import { checkManifests } from '../release/manifests.mjs';
import { parseTag, parseVersion } from '../release/version.mjs';
import { startModule } from './processes.mjs';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const script = join(checkout, 'scripts', 'release.mjs');
const log = () => undefined;
let root = '';

/** @param {string} path @param {string} text */
function write(path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'headgate-files-'));
  write('package.json', '{\n  "name": "a",\n  "version": "0.1.0"\n}\n');
  write('packages/b/package.json', '{ "version":"0.2.0", "dependencies": { "version": "9.9.9" } }\n');
  mkdirSync(join(root, 'packages', 'without'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('the number', () => {
  it('is written into every package.json, whose form stays', async () => {
    const { code } = await startModule(script, ['prepare', '--version', '1.2.3', '--root', root]).ended;

    expect(code).toBe(0);
    expect(readFileSync(join(root, 'package.json'), 'utf8')).toBe(
      '{\n  "name": "a",\n  "version": "1.2.3"\n}\n',
    );
    expect(readFileSync(join(root, 'packages/b/package.json'), 'utf8')).toBe(
      '{ "version":"1.2.3", "dependencies": { "version": "9.9.9" } }\n',
    );
    expect(() => checkManifests(root, '1.2.3')).not.toThrow();
  });

  it('is refused where a package.json has another, which is named', () => {
    expect(() => checkManifests(root, '0.1.0')).toThrow('packages/b/package.json (0.2.0)');
  });

  it.each(['1.2', 'v1.2.3', '1.02.3', '1.2.3-rc.1', ''])('is not %j', async (version) => {
    const { code, output } = await startModule(script, ['prepare', '--version', version, '--root', root])
      .ended;

    expect({ code, output }).toMatchObject({
      code: 1,
      output: expect.stringContaining('X.Y.Z was expected'),
    });
  });

  it.each([
    ['1.2.3', null],
    ['v1', null],
    ['v01.2.3', null],
    ['v1.2.3', [1, 2, 3]],
  ])('of the tag %s is %j', (tag, expected) => {
    expect(parseTag(tag)).toEqual(expected);
    expect(parseVersion('1.2.3')).toEqual([1, 2, 3]);
  });
});

describe('the bundles', () => {
  it('are built again whatever was known, and refused when they differ', async () => {
    write('scripts/build.mjs', 'console.log(process.argv.slice(2).join(" ")); process.exit(1);\n');
    /** @type {string[]} */
    const lines = [];
    const order = {
      root,
      version: '0.1.0',
      out: join(root, 'out'),
      log: (/** @type {string} */ line) => lines.push(line),
    };

    await expect(checkBundles(order)).rejects.toThrow('what its sources build');
    expect(lines).toEqual(['--check --force']);
  });
});

describe('the files', () => {
  it('are made with checksums that sha256sum confirms', async () => {
    const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'));
    const out = join(root, 'out');

    await makeAssets({ root: checkout, version, out, log });

    expect(readdirSync(out)).toHaveLength(6);
    const sums = readChecksums(readFileSync(join(out, 'SHA256SUMS'), 'utf8'));
    expect([...sums.keys()].length).toBe(builtNames(version).length);
    expect(
      execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: out }).toString(),
    ).not.toContain('FAILED');
  });

  it('are not made among others', async () => {
    const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'));

    await expect(makeAssets({ root: checkout, version, out: root, log })).rejects.toThrow(
      'expected to be empty',
    );
  });

  it('have checksums of one form', () => {
    expect(() => readChecksums('abc  file\n')).toThrow('a digest and a file name');
    expect(() => readChecksums(`${'a'.repeat(64)}  ../file\n`)).toThrow('a digest and a file name');
  });
});
