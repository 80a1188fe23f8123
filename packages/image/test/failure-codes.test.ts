// README.md lists exactly the codes that reading an image can end with.
import { fileURLToPath } from 'node:url';
import { codeProblems } from '@headgate/kit/testing/failure-codes';
import { expect, it } from '@jest/globals';

const path = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

it('documents every failure code, and no other', () => {
  const unions = [[path('src/failures.ts'), 'ImageFailureCode']] as const;

  expect(codeProblems({ readme: path('README.md'), heading: 'When it fails', unions, also: [] })).toEqual([]);
});
