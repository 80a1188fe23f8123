// The comparison of documented and coded failures finds each kind of difference.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { codeProblems } from '../src/testing/failure-codes.js';

describe('codeProblems', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'headgate-codes-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const problems = (table: string, source: string): readonly string[] => {
    const [readme, file] = [join(folder, 'README.md'), join(folder, 'errors.ts')];
    writeFileSync(
      readme,
      `# x\n\n## Codes\n\n| code | meaning |\n| --- | --- |\n${table}\n\n## Else\n\n| \`else\` |\n`,
    );
    writeFileSync(file, source);
    return codeProblems({ readme, heading: 'Codes', unions: [[file, 'Code']], also: ['other'] });
  };

  it.each([
    ['| `a`, `b-c` | `x` |\n| `other` | |', []],
    ['| `a` | |\n| `other` | |', ['b-c is not documented']],
    ['| `a`, `b-c` | |', ['other is not documented']],
    ['| `a`, `b-c`, `other`, `d` | |', ['d is documented, but no code has it']],
    ['| `a`, `b-c`, `other` | |\n| `a` | |', ['a is documented twice']],
  ])('of %j gives %j', (table, expected) => {
    expect(problems(table, "export type Code =\n  | 'a'\n  | 'b-c';\nconst d = 'd';")).toEqual(expected);
  });

  it('refuses to compare nothing', () => {
    expect(() => problems('| `a` | |', "type Other = 'a';")).toThrow('no union Code');
  });
});
