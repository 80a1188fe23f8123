// What steps write into the files of the runner.
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  createFileCommands,
  parsePairs,
  readFileCommands,
  summaryLimit,
} from '../../src/runner/file-commands.js';

describe('pairs of a file command', () => {
  it.each<[string, string, [string, string][]]>([
    ['a line', 'a=1\n', [['a', '1']]],
    ['an empty value', 'a=\n', [['a', '']]],
    ['equals in the value', 'a=b=c', [['a', 'b=c']]],
    [
      'a heredoc',
      'a<<EOF\none\ntwo\nEOF\nb=2\n',
      [
        ['a', 'one\ntwo'],
        ['b', '2'],
      ],
    ],
    ['an empty heredoc', 'a<<EOF\nEOF\n', [['a', '']]],
    ['a heredoc sign after equals', 'a=b<<c', [['a', 'b<<c']]],
    ['an equals sign in the token', 'a<<E=F\nx\nE=F\n', [['a', 'x']]],
    [
      'CRLF',
      'a=1\r\nb<<E\r\nx\r\nE\r\n',
      [
        ['a', '1'],
        ['b', 'x'],
      ],
    ],
    ['blank lines between', '\n\na=1\n\n', [['a', '1']]],
    ['a name of Object', '__proto__=x', [['__proto__', 'x']]],
  ])('%s', (_name, text, expected) => {
    expect(parsePairs(text)).toEqual(expected);
  });

  it.each([
    ['no sign at all', 'hello', "Invalid format 'hello'"],
    ['no name', '=x', "Invalid format '=x'"],
    ['a heredoc without name', '<<EOF\nEOF', 'Invalid format'],
    ['a heredoc without token', 'a<<\nx', 'Invalid format'],
    ['a heredoc without end', 'a<<EOF\nx\n', "Matching delimiter not found 'EOF'"],
  ])('refuses %s', (_name, text, message) => {
    expect(() => parsePairs(text)).toThrow(message);
  });

  it('returns any value that was written with a fresh token', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[\w-]{1,20}$/),
        fc.array(fc.string({ unit: 'binary' })),
        (name, lines) => {
          const value = lines.join('\n').replace(/\r/gu, '');
          expect(parsePairs(`${name}<<ghadelimiter_1\n${value}\nghadelimiter_1\n`)).toEqual([[name, value]]);
        },
      ),
    );
  });
});

describe('the files of a step', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headgate-files-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are read and removed', async () => {
    const paths = await createFileCommands(folder, '1');
    await writeFile(paths.output, 'a=1\n');
    await writeFile(paths.path, '/x\n/y\n');
    await writeFile(paths.summary, '# hello\n');

    expect(await readFileCommands(paths)).toMatchObject({
      outputs: [['a', '1']],
      paths: ['/x', '/y'],
      summary: '# hello\n',
      errors: [],
      refused: [],
    });
    await expect(stat(paths.output)).rejects.toThrow('ENOENT');
  });

  it('report a malformed file, NODE_OPTIONS and a summary over 1 MiB', async () => {
    const paths = await createFileCommands(folder, '1');
    await writeFile(paths.output, 'nonsense\n');
    await writeFile(paths.env, 'NODE_OPTIONS=--require /x\nFINE=1\n');
    await writeFile(paths.summary, 'x'.repeat(summaryLimit + 1));
    const commands = await readFileCommands(paths);

    expect(commands.environment).toEqual([['FINE', '1']]);
    expect(commands.summary).toBe('');
    expect(commands.errors).toEqual([
      "Unable to process file command 'output' successfully. Invalid format 'nonsense'",
    ]);
    expect(commands.refused).toEqual([
      "Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.",
      '$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got 1024k.',
    ]);
  });
});
