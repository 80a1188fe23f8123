// Markers survive the way through a comment, and nothing else is taken for one.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ends, type Marked, markerLine, readMarker } from '../src/marker.js';

const hex = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
    .map((all) => all.join(''));
const number = fc.integer({ min: 1, max: 1_000_000 });
const request = fc.record({
  run: number,
  attempt: number,
  ref: fc.string().map((text) => `refs/heads/${text.replaceAll('\n', '')}x`),
  environment: fc.string({ minLength: 1 }).map((text) => `e${text}`),
  subject: hex(64).map((digits) => `sha256:${digits}`),
  policy: hex(64).map((digits) => `sha256:${digits}`),
  deadline: fc
    .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
    .map((date) => date.toISOString()),
  nonce: hex(16),
  triggeringActor: fc.string(),
  people: fc.array(fc.string({ unit: 'binary' }).map((text) => text.toWellFormed())),
});
const marked: fc.Arbitrary<Marked> = fc.oneof(
  request.map((one) => ({ kind: 'request' as const, request: one })),
  number.map((comment) => ({ kind: 'reply' as const, comment })),
  fc.record({ kind: fc.constant('end' as const), nonce: hex(16), end: fc.constantFrom(...ends) }),
  fc.record({ kind: fc.constant('parked' as const), nonce: hex(16), attempt: number }),
);

describe('a marker', () => {
  it('is read as it was written, and ends its HTML comment only once', () => {
    fc.assert(
      fc.property(marked, fc.string(), (mark, rest) => {
        const line = markerLine(mark);
        expect(line.indexOf('-->')).toBe(line.length - 3);
        expect(readMarker(`${line}\n${rest}`)).toEqual(mark);
        expect(readMarker(`${line}\r\n${rest}`)).toEqual(mark);
      }),
    );
  });

  it('counts on the first line only', () => {
    fc.assert(
      fc.property(marked, (mark) => {
        const line = markerLine(mark);
        for (const body of [`\n${line}`, `> ${line}`, ` ${line}`, `${line} more`, `x${line}`])
          expect(readMarker(body)).toBeNull();
      }),
    );
  });

  it.each([
    ['', ''],
    ['another kind', '<!-- headgate-approval other 1 -->'],
    ['a request that is no JSON', '<!-- headgate-approval request AAAA -->'],
    [
      'a request without members',
      `<!-- headgate-approval request ${Buffer.from('{}').toString('base64')} -->`,
    ],
    [
      'a request that is null',
      `<!-- headgate-approval request ${Buffer.from('null').toString('base64')} -->`,
    ],
    ['an unknown end', '<!-- headgate-approval end 0123456789abcdef maybe -->'],
    ['a short nonce', '<!-- headgate-approval end 0123 approved -->'],
    ['a reply to words', '<!-- headgate-approval reply abc -->'],
    ['an attempt in words', '<!-- headgate-approval parked 0123456789abcdef one -->'],
  ])('is not %s', (_name, body) => {
    expect(readMarker(body)).toBeNull();
  });
});
