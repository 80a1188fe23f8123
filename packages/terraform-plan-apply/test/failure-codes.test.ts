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
        'invalid-input',
        'secrets-missing',
        'tool-missing',
        'tool-too-old',
        'github-permission',
        'artifact-unreadable',
        'invalid-record',
        'record-mismatch',
        'seal-broken',
        'seal-key-differs',
        'seal-key-weak',
        'seal-mismatch',
        'seal-unreadable',
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

    expect(declared.filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
  });
});
