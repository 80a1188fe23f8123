// Bundles of a small workspace: made, known as unchanged, and held against a fresh build.
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startModule } from './processes.mjs';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const script = join(checkout, 'scripts', 'build.mjs');
let root = '';
let dist = '';

/** @param {string[]} args */
const build = (...args) => startModule(script, ['--root', root, ...args]).ended;

/** @param {string} path @param {string} text */
function write(path, text) {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'headgate-bundle-'));
  dist = join(root, 'packages', 'sample', 'dist');
  symlinkSync(join(checkout, 'node_modules'), join(root, 'node_modules'));
  copyFileSync(join(checkout, 'tsconfig.base.json'), join(root, 'tsconfig.base.json'));
  write('packages/sample/action.yml', 'name: sample\n');
  write('packages/sample/package.json', '{"name":"@headgate/sample","type":"module"}');
  write(
    'packages/sample/tsconfig.json',
    '{"extends":"../../tsconfig.base.json","compilerOptions":{"rootDir":"src","outDir":"out","tsBuildInfoFile":"out/.tsbuildinfo"},"include":["src"]}',
  );
  write(
    'packages/sample/src/index.ts',
    [
      "if ('headgatePostStep' in globalThis) await import('./post.js');",
      "else console.log((await import('./late.js')).answer);",
      '',
    ].join('\n'),
  );
  write('packages/sample/src/late.ts', "export const answer: string = ['fo', 'rty-two'].join('');\n");
  write('packages/sample/src/post.ts', "console.log('after');\n");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('build', () => {
  it('makes a bundle that runs by itself, with its post step', async () => {
    expect(await build()).toMatchObject({ code: 0, output: expect.stringContaining('built in') });

    rmSync(join(root, 'packages', 'sample', 'out'), { recursive: true });
    expect((await startModule(join(dist, 'index.js'), []).ended).output).toBe('forty-two\n');
    expect((await startModule(join(dist, 'post', 'index.js'), []).ended).output).toBe('after\n');
    expect(JSON.parse(readFileSync(join(dist, 'package.json'), 'utf8'))).toEqual({ type: 'module' });
  });

  it('does nothing the second time', async () => {
    expect(await build()).toMatchObject({ code: 0, output: expect.stringContaining('unchanged') });
    expect(existsSync(join(root, 'packages', 'sample', 'out'))).toBe(false);
  });

  it('--check finds a fresh build identical', async () => {
    expect(await build('--check', '--force')).toMatchObject({
      code: 0,
      output: expect.stringContaining('identical'),
    });
  });

  it('--check names a file with one changed byte, and leaves it', async () => {
    const file = join(dist, 'index.js');
    const before = readFileSync(file);
    appendFileSync(file, ' ');

    expect(await build('--check')).toMatchObject({
      code: 1,
      output: expect.stringContaining('index.js differs'),
    });
    expect(readFileSync(file)).toEqual(Buffer.concat([before, Buffer.from(' ')]));
    writeFileSync(file, before);
  });

  it('--check names what is left over and what is missing', async () => {
    writeFileSync(join(dist, 'old.js'), '');
    rmSync(join(dist, 'licenses.txt'), { force: true });
    const { code, output } = await build('--check');

    expect(code).toBe(1);
    expect(output).toContain('old.js is left over');
    expect((await build()).code).toBe(0);
    expect(existsSync(join(dist, 'old.js'))).toBe(false);
  });

  it('shows what the compiler says and keeps the former bundle', async () => {
    write('packages/sample/src/late.ts', 'export const answer: number = "no";\n');

    expect(await build()).toMatchObject({ code: 1, output: expect.stringContaining('late.ts') });
    expect((await startModule(join(dist, 'index.js'), []).ended).output).toBe('forty-two\n');
  });

  it('refuses a name that is no bundle', async () => {
    expect(await build('sampel')).toMatchObject({
      code: 2,
      output: expect.stringContaining('there are sample'),
    });
  });
});
