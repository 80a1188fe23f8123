// README.md lists the codes there are.
import { join } from 'node:path';
import { codeProblems } from '@headgate/kit/testing/failure-codes';
import { describe, expect, it } from '@jest/globals';

const path = (...parts: string[]): string => join(import.meta.dirname, '..', ...parts);
const readme = path('README.md');

describe('the README', () => {
  it.each([
    ['Errors', 'dockerfile-error.ts', 'DockerfileErrorCode'],
    ['Warnings', 'warnings.ts', 'WarningCode'],
  ])('documents every code of %s, and no other', (heading, file, type) => {
    const unions = [[path('src', file), type]] as const;

    expect(codeProblems({ readme, heading, unions, also: [] })).toEqual([]);
  });
});
