// README.md says what the command really has: failure codes, exit codes, options.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeProblems } from '@headgate/kit/testing/failure-codes';
import { describe, expect, it } from '@jest/globals';
import { exitCode } from '../src/exit-code.js';
import { helpText } from '../src/help.js';

const path = (...parts: string[]): string => join(import.meta.dirname, '..', ...parts);
const readme = readFileSync(path('README.md'), 'utf8');

describe('the README', () => {
  it('documents every failure code, and no other', () => {
    const unions = [[path('src', 'command-error.ts'), 'CommandErrorCode']] as const;

    expect(codeProblems({ readme: path('README.md'), heading: 'Failure codes', unions, also: [] })).toEqual(
      [],
    );
  });

  it('documents every exit code, and no other', () => {
    const section = readme.split('## Exit codes')[1]?.split('\n## ')[0] ?? '';
    const documented = [...section.matchAll(/^\| (\d+) /gmu)].map(([, code]) => Number(code));

    expect(documented).toEqual(Object.values(exitCode));
  });

  it('has every option that the help of a command has', () => {
    const options = (text: string): string[] =>
      [...new Set(text.match(/--[a-z]+(?:-[a-z]+)*/gu))].sort((one, other) => one.localeCompare(other));
    const said = ['init', 'check', 'rehearse', 'retry', 'stages', 'inspect', 'verify', 'open-seal', 'proxy']
      .map(helpText)
      .join('\n');

    expect(options(readme)).toEqual(options(said));
  });
});
