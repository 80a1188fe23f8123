// README.md lists exactly the codes that a rehearsal can fail with.
import { join } from 'node:path';
import { codeProblems } from '@headgate/kit/testing/failure-codes';
import { expect, it } from '@jest/globals';

const path = (...parts: string[]): string => join(import.meta.dirname, '..', ...parts);

it('documents every failure code, and no other', () => {
  const problems = codeProblems({
    readme: path('README.md'),
    heading: 'Failure codes',
    unions: [
      [path('src', 'story', 'story-error.ts'), 'StoryErrorCode'],
      [path('src', 'parts', 'part-error.ts'), 'PartErrorCode'],
      [path('src', 'engine', 'problem.ts'), 'RehearsalCode'],
    ],
    also: [],
  });

  expect(problems).toEqual([]);
});
