// Outputs as the runner reads them back: real file commands, written by a real process.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createCore } from '../src/core.js';
import { writeOutputs } from '../src/outputs.js';
import { createTestCore } from '../src/testing/core.js';
import { parseFileCommands } from '../src/testing/runner-files.js';
import { bundleFixture } from './bundle.js';
import { executedCommands } from './runner-commands.js';

const folder = mkdtempSync(join(tmpdir(), 'headgate-core-'));
const output = join(folder, 'output');
const summary = join(folder, 'summary');
const former = { ...process.env };

beforeAll(() => {
  process.env['GITHUB_OUTPUT'] = output;
  process.env['GITHUB_STEP_SUMMARY'] = summary;
});

afterAll(() => {
  process.env = former;
  rmSync(folder, { recursive: true, force: true });
});

describe('createCore', () => {
  it('writes outputs that the runner reads back as they were, for any text', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '=', '<<', '\n', '\r\n', ' ', 'EOF', '::', 'é', '😀', '\t'),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z][a-z0-9-]{0,9}$/), text), {
          selector: ([name]) => name,
        }),
        (pairs) => {
          writeFileSync(output, '');
          const core = createCore();
          for (const [name, value] of pairs) core.setOutput(name, value);

          const expected = pairs.map(([name, value]) => [name, value.replaceAll('\r\n', '\n')]);
          expect([...parseFileCommands(readFileSync(output, 'utf8'))]).toEqual(expected);
        },
      ),
    );
  });

  it.each(['a\nb', 'a=b', 'a<<EOF', '', 'ä', 'a b', '__proto__\n'])('refuses the name %j', (name) => {
    writeFileSync(output, '');

    expect(() => createCore().setOutput(name, 'x')).toThrow('is not a name');
    expect(() => createCore().saveState(name, 'x')).toThrow('is not a name');
    expect(readFileSync(output, 'utf8')).toBe('');
  });

  it('cuts a summary below what GitHub takes, with a notice', async () => {
    writeFileSync(summary, '');
    const core = createCore();
    await core.appendSummary('small');
    for (let part = 0; part < 30; part += 1) await core.appendSummary('é'.repeat(30_000));

    const text = readFileSync(summary, 'utf8');
    expect(statSync(summary).size).toBeLessThanOrEqual(1024 * 1024);
    expect(text.startsWith('small\n')).toBe(true);
    expect(text.match(/The summary was cut here/g)).toHaveLength(1);
    expect(text).not.toContain('\ufffd');
  });

  it('does without a summary file', async () => {
    delete process.env['GITHUB_STEP_SUMMARY'];

    await expect(createCore().appendSummary('text')).resolves.toBeUndefined();
  });

  it('prints commands the runner reads, whatever is inside, and masks nothing empty', async () => {
    const file = await bundleFixture('core-commands.ts', folder);
    const { stdout } = spawnSync(process.execPath, [file], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
    });

    expect(executedCommands(stdout).map(({ name, data }) => [name, data])).toEqual([
      ['error', 'two%0Alines%25 ::set-output name=a::evil'],
      ['notice', 'placed'],
      ['add-mask', 'secret-value'],
      ['group', 'build'],
      ['endgroup', ''],
    ]);
    expect(stdout).toContain('::error title=a%3Ab%2Cc::');
    expect(stdout).toContain('::notice file=headgate.yml,line=3,col=5::placed');
  });

  it('prints every line, in order, when the reader is slow and the pipe is full', async () => {
    const file = await bundleFixture('core-flood.ts', folder);
    const stdout = execFileSync(
      'sh',
      ['-c', '"$1" "$2" | { read -r first; cat; }', 'sh', process.execPath, file],
      {
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
      },
    );

    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(19_999);
    expect(lines.every((line, index) => line.startsWith(`line ${index + 1} `))).toBe(true);
  });
});

describe('writeOutputs', () => {
  it('sets nothing when a name is not declared or a value is too large', () => {
    const core = createTestCore();

    expect(() => writeOutputs(core, ['digest'], { digest: 'x', other: 'y' })).toThrow(
      '"other" is not declared',
    );
    expect(() => writeOutputs(core, ['digest', 'big'], { digest: 'x', big: 'y'.repeat(600_000) })).toThrow(
      'big: at most',
    );
    expect(core.outputs.size).toBe(0);
  });
});

describe('parseFileCommands', () => {
  it.each([
    [
      'a=1\nb=2',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    ['a<<X\none\ntwo\nX\n', [['a', 'one\ntwo']]],
    ['a=b<<c', [['a', 'b<<c']]],
    ['a<<X\nX\n', [['a', '']]],
  ])('reads %j', (text, expected) => {
    expect([...parseFileCommands(text)]).toEqual(expected);
  });

  it.each(['no pair', 'a<<X\nno end'])('fails on %j as the runner does', (text) => {
    expect(() => parseFileCommands(text)).toThrow();
  });
});
