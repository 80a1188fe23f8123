// Durations, sizes and integers: what is read, and what is refused.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nearestName } from '../src/nearest-name.js';
import { formatBytes, parseDuration, parseInteger, parseSize } from '../src/quantities.js';

describe('parseDuration', () => {
  it.each([
    ['0', 0],
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['1m500ms', 60_500],
  ])('reads %s as %d ms', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  it.each(['', '30', '-1s', '1.5h', '30 s', 's', '1h 30m', '1x', '٣s'])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});

describe('parseSize', () => {
  it.each([
    ['0', 0],
    ['1024', 1024],
    ['10MB', 10_000_000],
    ['10 MiB', 10_485_760],
    ['1.5gib', 1_610_612_736],
    ['7b', 7],
  ])('reads %s as %d bytes', (text, expected) => {
    expect(parseSize(text)).toBe(expected);
  });

  it.each(['', 'MB', '-1', '1e3', '10 mb s', '10XB', '999999999999999TiB'])('refuses %j', (text) => {
    expect(parseSize(text)).toBeNull();
  });
});

describe('parseInteger', () => {
  it('reads every integer back, and nothing with a fraction', () => {
    fc.assert(fc.property(fc.integer(), (value) => expect(parseInteger(String(value))).toBe(value)));
    expect(parseInteger('1.0')).toBeNull();
    expect(parseInteger('0x10')).toBeNull();
    expect(parseInteger('')).toBeNull();
    expect(parseInteger('-0')).toBe(0);
  });
});

describe('nearestName', () => {
  it.each([
    ['contxt', 'context'],
    ['Context', 'context'],
    ['platform', 'platforms'],
    ['targte', 'target'],
    ['completely-else', null],
    ['x', null],
  ])('guesses %s as %s', (name, expected) => {
    expect(nearestName(name, ['context', 'target', 'platforms', 'file'])).toBe(expected);
  });
});

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [155_166_344, '155.2 MB'],
    [999_950, '1.0 MB'],
    [2_500_000_000, '2.5 GB'],
  ])('%d is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('is never longer than nine characters below 1000 TB', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 999_000_000_000_000 }),
        (bytes) => formatBytes(bytes).length <= 9,
      ),
    );
  });
});
