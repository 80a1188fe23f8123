// README.md lists exactly the codes that a step can end with.
import { fileURLToPath } from 'node:url';
import { codeProblems } from '@headgate/kit/testing/failure-codes';
import { expect, it } from '@jest/globals';

const path = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

it('documents every failure code, and no other', () => {
  const problems = codeProblems({
    readme: path('README.md'),
    heading: 'Failure codes',
    unions: [
      [path('src/failures.ts'), 'FailureCode'],
      [path('../configuration/src/failures.ts'), 'FailureCode'],
      [path('../kit/src/registry/failures.ts'), 'RegistryFailureCode'],
    ],
    also: [
      'invalid-input',
      'record-mismatch',
      'invalid-record',
      'artifact-unreadable',
      'github-permission',
      'git-failed',
      'seal-key-weak',
      'secrets-missing',
    ],
  });

  expect(problems).toEqual([]);
});
