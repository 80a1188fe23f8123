// What several bundles have alike, kept once; and licences, each text once.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { joinChunk, splitChunk } from '../build/chunk.mjs';
import { writeChunk } from '../build/chunk-writer.mjs';
import {
  expandLicenses,
  isLicenseList,
  listLicenses,
  mergeLicenses,
  ruleLicenses,
} from '../build/licenses.mjs';
import { readBuilt, shareChunks, sharingProblems } from '../build/sharing.mjs';
import { startModule } from './processes.mjs';

let root = '';
const store = () => join(root, 'packages', 'kit', 'dist');
const maker = `$=>({id:$[0],ids:[$[0]],modules:{[$[1]]:${JSON.stringify('x'.repeat(3_000))}.length}})`;
/** The same modules, numbered by each bundle as it likes. @param {number} number */
const chunkWith = (number) => joinChunk({ maker, numbers: [7, number] });

/** @param {string} path @param {string} text */
function write(path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'headgate-sharing-'));
  for (const name of ['a', 'b']) {
    write(
      `packages/${name}/dist/index.js`,
      `import('./7.index.js').then((m) => console.log(Object.values(m.modules)[0] + '${name}'));\n`,
    );
    write(`packages/${name}/dist/7.index.js`, chunkWith(name === 'a' ? 318 : 5318));
    write(`packages/${name}/dist/8.index.js`, `export const own = '${name.repeat(3_000)}';\n`);
    write(`packages/${name}/dist/package.json`, '{"type":"module"}\n');
  }
  write('packages/a/dist/post/7.index.js', chunkWith(318));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('shareChunks', () => {
  it('keeps a chunk once, and every bundle still runs', async () => {
    shareChunks(root);

    expect(readdirSync(store())).toEqual([expect.stringMatching(/^[0-9a-f]{16}\.js$/), 'package.json']);
    expect(readFileSync(join(root, 'packages/b/dist/7.index.js')).length).toBeLessThan(150);
    const ended = await startModule(join(root, 'packages/b/dist/index.js'), []).ended;
    expect(ended).toEqual({ code: 0, output: '3000b\n' });
  });

  it('leaves what one bundle alone has, and gives back what was built', () => {
    shareChunks(root);

    expect(readFileSync(join(root, 'packages/a/dist/8.index.js'), 'utf8')).toContain('aaa');
    for (const [path, number] of /** @type {const} */ ([
      ['a/dist/7.index.js', 318],
      ['a/dist/post/7.index.js', 318],
      ['b/dist/7.index.js', 5318],
    ]))
      expect(readBuilt(join(root, 'packages', path)).toString()).toBe(chunkWith(number));
  });

  it('changes nothing the second time', () => {
    expect(sharingProblems(root)).not.toEqual([]);
    shareChunks(root);
    expect(sharingProblems(root)).toEqual([]);
  });

  it('goes back when only one bundle has it any more', () => {
    shareChunks(root);
    rmSync(join(root, 'packages/a/dist/post'), { recursive: true });
    write('packages/a/dist/7.index.js', 'export const answer = 1;\n');

    expect(sharingProblems(root).join()).toContain('is left over');
    shareChunks(root);

    expect(readdirSync(store())).toEqual([]);
    expect(readFileSync(join(root, 'packages/b/dist/7.index.js'), 'utf8')).toBe(chunkWith(5318));
  });

  it('names what was changed by hand', () => {
    shareChunks(root);
    write('packages/kit/dist/0123456789abcdef.js', '');

    expect(sharingProblems(root)).toEqual(['packages/kit/dist/0123456789abcdef.js is left over']);
  });

  it('keeps each licence once, and gives every bundle its own texts back', () => {
    const texts = ['a\nMIT\nText of a', 'c\nISC\nText of c'];
    write('packages/a/dist/licenses.txt', ruleLicenses(texts.join('\n\n')));
    write('packages/b/dist/licenses.txt', ruleLicenses(texts[1] ?? ''));
    const before = readFileSync(join(root, 'packages/a/dist/licenses.txt'), 'utf8');

    shareChunks(root);

    expect(readFileSync(join(store(), 'licenses.txt'), 'utf8').match(/Text of c/g)).toHaveLength(1);
    expect(readFileSync(join(root, 'packages/b/dist/licenses.txt'), 'utf8')).toMatch(/^c ISC [0-9a-f]{16}$/m);
    expect(readBuilt(join(root, 'packages/a/dist/licenses.txt')).toString()).toBe(before);
    expect(existsSync(join(root, 'packages/a/dist/licenses.txt'))).toBe(true);
  });
});

describe('licences', () => {
  it('come back from their list, whatever they say', () => {
    const text = fc.array(fc.string({ unit: fc.constantFrom('a', 'MIT', '\n', ' ', '@x/y', '-', '1') }), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(text, text, (left, right) => {
        const ruled = [left, right].map((parts) => ruleLicenses(parts.join('\n\n')));
        const merged = mergeLicenses(ruled);
        for (const each of ruled) {
          const list = listLicenses(each);
          expect(isLicenseList(list)).toBe(true);
          expect(expandLicenses(list, merged)).toBe(each);
        }
      }),
    );
  });

  it('are not made up when one is missing', () => {
    const list = listLicenses(ruleLicenses('a\nMIT\nText'));

    expect(expandLicenses(list, mergeLicenses([ruleLicenses('b\nMIT\nText')]))).toBeNull();
  });
});

describe('a chunk', () => {
  const written = (/** @type {number} */ chunk, /** @type {number[]} */ [one, two]) =>
    [
      `export const id = ${chunk};`,
      `export const ids = [${chunk}];`,
      'export const modules = {',
      '',
      `/***/ ${one}:`,
      '/***/ ((module, __webpack_exports__, __webpack_require__) => {',
      `module.exports = [__webpack_require__(${two}), __webpack_require__.e(/* x */ ${chunk})].concat(${one});`,
      '/***/ }),',
      '',
      `/***/ ${two}:`,
      '/***/ ((module) => { module.exports = 1; })',
      '',
      '};',
      '',
    ]
      .join('\n')
      .replace('/* x */ ', '');

  it('has the same maker whatever its modules are called, and its numbers beside it', async () => {
    const first = splitChunk(String(await writeChunk(written(7, [318, 9]))));
    // A module may be called like the chunk.
    const second = splitChunk(String(await writeChunk(written(7, [7, 5318]))));

    expect(first?.numbers).toEqual([7, 318, 9]);
    expect(second?.numbers).toEqual([7, 7, 5318]);
    expect(second?.maker).toContain('concat(7)');
    expect(second?.maker.replace('concat(7)', 'concat(318)')).toBe(first?.maker);
  });

  it('of another form is left alone', async () => {
    expect(await writeChunk('export const answer = 1;\n')).toBeNull();
    expect(splitChunk('export const answer = 1;\n')).toBeNull();
  });
});
