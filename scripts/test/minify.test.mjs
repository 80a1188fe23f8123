// What ncc writes, made small without being made slow.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { markModules, minify, takeBuiltins } from '../build/minify.mjs';
import { startModule } from './processes.mjs';

const written = [
  'import { createRequire as __WEBPACK_EXTERNAL_createRequire } from "module";',
  '/******/ var __webpack_modules__ = ({',
  '',
  '/***/ 598:',
  '/***/ ((module) => {',
  '',
  'module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:path");',
  '',
  '/***/ }),',
  '',
  '/***/ 24:',
  '/***/ ((module) => {',
  '',
  'function unused() { return "nobody calls it"; }',
  'module.exports = "gr\u00f6\u00dfer"; // a comment',
  '',
  '/***/ })',
  '/******/ });',
  'const load = (id) => { const module = {}; __webpack_modules__[id](module); return module.exports; };',
  'console.log(load(598).join("a", load(24)));',
  'export {};',
  '',
].join('\n');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-minify-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a minified bundle', () => {
  const make = () => minify(markModules(takeBuiltins(written)));

  it('does what it did', async () => {
    const file = join(folder, 'index.mjs');
    writeFileSync(file, await make());

    expect(await startModule(file, []).ended).toEqual({ code: 0, output: 'a/gr\u00f6\u00dfer\n' });
  });

  it('has its modules in parentheses, ASCII alone, and nothing that is not used', async () => {
    const code = await make();

    expect(code).toMatch(/\b598:\(/);
    expect(code).toMatch(/\b24:\(/);
    expect(code).toMatch(/^[\x20-\x7e\n]*$/);
    expect(code).not.toMatch(/nobody|a comment|__headgate/);
  });

  it("takes Node's own modules from the process", async () => {
    expect(await make()).toContain('process.getBuiltinModule("node:path")');
    expect(await make()).not.toContain('createRequire');
  });
});

describe('takeBuiltins', () => {
  it('leaves the import where something else is required', () => {
    const text = written.replace('"node:path"', '"./other.cjs"');

    expect(takeBuiltins(text)).toBe(text);
  });
});
