// Following a log that grows: whole lines, bounded pieces, and no wait for a flood of a child that was stopped.
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { followLog } from '../src/log-tail.js';
import { testFolder } from '../src/testing/folder.js';

let file: string;
let lines: string[];
const keep = (line: string): void => {
  lines.push(line);
};

beforeEach(() => {
  file = join(testFolder('headgate-log-'), 'log');
  writeFileSync(file, '');
  lines = [];
});

describe('followLog', () => {
  it('hands on each line once, however the log is cut while it grows', () => {
    const text = fc.array(
      fc.string({ unit: 'binary' }).map((line) => line.replaceAll('\n', ' ').toWellFormed()),
    );
    fc.assert(
      fc.property(text, fc.array(fc.nat()), (written, cuts) => {
        writeFileSync(file, '');
        lines = [];
        const tail = followLog(file, keep);
        const bytes = Buffer.from(written.map((line) => `${line}\n`).join(''));
        const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
        let from = 0;
        for (const to of places) {
          appendFileSync(file, bytes.subarray(from, to));
          tail.read();
          from = to;
        }
        tail.finish();
        // A byte order mark at the very beginning is none of the text.
        expect(lines.join('\n').replace(/^\uFEFF/, '')).toBe(written.join('\n').replace(/^\uFEFF/, ''));
      }),
    );
  });

  it('reads a flood in turns, so that a cancel comes through in between', () => {
    writeFileSync(file, 'a line\n'.repeat(700_000));
    const tail = followLog(file, keep);

    expect(tail.read()).toBe(true);
    const first = lines.length;
    expect(first).toBeLessThan(400_000);
    while (tail.read());
    expect(lines.length).toBeGreaterThan(first);
    tail.finish();
    expect(lines).toHaveLength(700_000);
  });

  it('hands on only the last MiB of what a stopped child left, and says how much is missing', () => {
    writeFileSync(file, `${'x'.repeat(9)}\n`.repeat(500_000));
    const tail = followLog(file, keep);
    const end = tail.finish(true);

    expect(lines[0]).toBe('… 3951424 bytes are in the file only');
    expect(lines.length).toBeLessThan(110_000);
    expect(lines.at(-1)).toBe('xxxxxxxxx');
    expect(end.length).toBe(64 * 1024);
  });

  it('leaves nothing out of a short rest', () => {
    writeFileSync(file, 'one\ntwo');
    followLog(file, keep).finish(true);

    expect(lines).toEqual(['one', 'two']);
  });

  it('gives a line without end in pieces', () => {
    writeFileSync(file, 'x'.repeat(1_000_000));
    followLog(file, keep).finish();

    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(90_000);
    expect(lines.join('')).toHaveLength(1_000_000);
  });

  it('keeps a line whole up to the length asked for', () => {
    writeFileSync(file, `${'x'.repeat(900_000)}\n`);
    followLog(file, keep, 1_000_000).finish();

    expect(lines.map(({ length }) => length)).toEqual([900_000]);
  });
});
