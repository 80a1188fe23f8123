// The README lists exactly the codes that a step can end with, and each that this action declares is used.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeProblems, unionMembers } from '@headgate/kit/testing/failure-codes';
import { describe, expect, it } from '@jest/globals';

const path = (name: string): string => join(import.meta.dirname, '..', name);

describe('failure codes', () => {
  it('are documented, all of them and no others', () => {
    const problems = codeProblems({
      readme: path('README.md'),
      heading: 'Failure codes',
      unions: [[path('src/failures.ts'), 'FailureCode']],
      also: [
        'artifact-unreadable',
        'github-permission',
        'invalid-input',
        'invalid-record',
        'record-dropped',
        'record-mismatch',
        'subject-mismatch',
      ],
    });

    expect(problems).toEqual([]);
  });

  it('are used, all that this action declares', () => {
    const sources = readdirSync(path('src'))
      .filter((name) => name !== 'failures.ts')
      .map((name) => readFileSync(path(`src/${name}`), 'utf8'))
      .join('\n');
    const declared = unionMembers(readFileSync(path('src/failures.ts'), 'utf8'), 'FailureCode');

    const used = (code: string): boolean => sources.includes(`'${code}'`) || sources.includes(`  ${code}:`);
    expect(declared.filter((code) => !used(code))).toEqual([]);
  });
});
