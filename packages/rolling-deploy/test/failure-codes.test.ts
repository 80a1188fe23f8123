// README.md lists exactly the codes that a step can end with.
import { fileURLToPath } from 'node:url';
import { codeProblems } from '@headgate/kit/testing/failure-codes';
import { expect, it } from '@jest/globals';

const path = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

it('documents every failure code, and no other', () => {
  const problems = codeProblems({
    readme: path('README.md'),
    heading: 'Failure codes',
    unions: [[path('src/errors.ts'), 'DeployErrorCode']],
    also: [
      'invalid-input',
      'invalid-yaml',
      'record-dropped',
      'record-mismatch',
      'subject-mismatch',
      'github-permission',
      'secret-in-output',
    ],
  });

  expect(problems).toEqual([]);
});
