// A container's log: frames in any cut, lines out of pieces, and reading on after a broken stream.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createFrameReader, createLineReader, type LogMessage } from '../src/container-log.js';
import { createLogPosition } from '../src/log-position.js';

const beginning = Date.parse('2026-01-01T00:00:00Z');
/** Nanoseconds after the beginning, as the engine writes them. */
function timeOf(nanoseconds: number): string {
  const second = Math.floor(nanoseconds / 1e9);
  const rest = String(nanoseconds % 1e9).padStart(9, '0');
  return `${new Date(beginning + second * 1000).toISOString().slice(0, 19)}.${rest}Z`;
}

function frame(stream: number, payload: string | Buffer): Buffer {
  const body = Buffer.from(payload);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}

function linesOf(messages: readonly LogMessage[]): readonly string[] {
  const lines: string[] = [];
  const reader = createLineReader((line) => lines.push(line));
  for (const message of messages) reader.take(message);
  reader.end();
  return lines;
}

describe('a multiplexed log', () => {
  it('is the same messages in whatever cut it arrives', () => {
    const message = fc.record({
      stream: fc.constantFrom(1, 2),
      text: fc.string({ unit: 'binary' }),
      at: fc.nat(2e9),
    });
    fc.assert(
      fc.property(fc.array(message), fc.array(fc.nat(200)), (messages, cuts) => {
        const bytes = Buffer.concat(
          messages.map(({ stream, text, at }) => frame(stream, `${timeOf(at)} ${text}`)),
        );
        const reader = createFrameReader();
        const found: LogMessage[] = [];
        let from = 0;
        for (const cut of [...cuts, bytes.length]) {
          found.push(...reader.take(bytes.subarray(from, from + cut)));
          from += cut;
        }
        expect(found.map(({ stream, bytes: piece, at }) => [stream, piece.toString(), at])).toEqual(
          messages.map(({ stream, text, at }) => [
            stream === 1 ? 'out' : 'err',
            Buffer.from(text).toString(),
            timeOf(at),
          ]),
        );
      }),
    );
  });

  it.each([
    ['no frames', Buffer.from('plain words, as of a terminal')],
    ['a frame without a time', frame(1, 'plain words without a time at all, but as long')],
    ['a frame that would fill the memory', Buffer.from([1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff])],
  ])('with %s is refused', (_, bytes) => {
    expect(() => createFrameReader().take(bytes)).toThrow();
  });
});

describe('lines', () => {
  const piece = (text: string, stream: 'out' | 'err' = 'out'): LogMessage => {
    return { stream, at: timeOf(0), bytes: Buffer.from(text) };
  };

  it('are put together from their pieces, each stream by itself, the last one without its line break too', () => {
    const messages = [
      piece('one\ntw'),
      piece('err', 'err'),
      piece('o\r\n'),
      piece('or\n', 'err'),
      piece('end'),
    ];
    expect(linesOf(messages)).toEqual(['one', 'two', 'error', 'end']);
  });

  it('with a character cut in two keep it', () => {
    const bytes = Buffer.from('größer\n');
    const cut = [bytes.subarray(0, 3), bytes.subarray(3)];
    expect(linesOf(cut.map((each) => ({ ...piece(''), bytes: each })))).toEqual(['größer']);
  });

  it('longer than 1 MiB are left out as a whole, and the next one is there', () => {
    const long = Buffer.alloc(300_000, 'x');
    const messages = [0, 1, 2, 3].map(() => ({ ...piece(''), bytes: long }));
    expect(linesOf([...messages, piece('\nnext\n')])).toEqual([
      '(a line longer than 1 MiB is left out)',
      'next',
    ]);
  });
});

describe('reading on after a broken stream', () => {
  /** What the engine sends for `since`: 20.10 leaves out every older message, 25 none after the first that is not older. */
  type Engine = (log: readonly number[], since: number) => readonly number[];
  const engines: Readonly<Record<string, Engine>> = {
    'that leaves out each older message': (log, since) => log.filter((at) => at >= since),
    'that leaves out only the first older ones': (log, since) => {
      const first = log.findIndex((at) => at >= since);
      return first < 0 ? [] : log.slice(first);
    },
  };
  /** Reads streams that break after so many messages; answers the indices of all that was handed on. */
  function readAll(log: readonly number[], breaks: readonly number[], engine: Engine): readonly number[] {
    const position = createLogPosition();
    const handed: number[] = [];
    for (const length of [...breaks, log.length]) {
      const { since, isKnown } = position.resume();
      const [seconds = '0', nanoseconds = '0'] = since.split('.');
      const from = since === '' ? 0 : (Number(seconds) * 1000 - beginning) * 1e6 + Number(nanoseconds);
      const sent = engine(log, from);
      const offset = log.length - sent.length;
      for (const [index, at] of sent.slice(0, length).entries()) {
        if (isKnown(timeOf(at))) continue;
        position.note(timeOf(at));
        handed.push(offset + index);
      }
    }
    return handed;
  }

  it.each(Object.entries(engines))('hands on each message once, in order, with an engine %s', (_, engine) => {
    // Steps of nothing are messages of one time; a step back is one of the other stream that comes late.
    const steps = fc.array(fc.constantFrom(0, 0, 1, 1, 2, -1, 700_000_000), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        steps,
        fc.nat(4_000),
        fc.array(fc.nat(5_000), { maxLength: 6 }),
        (pattern, size, breaks) => {
          let at = 5;
          const log = Array.from({ length: size }, (__, index) => {
            at = Math.max(at + (pattern[index % pattern.length] ?? 0), 0);
            return at;
          });
          // A late message is late by microseconds, not by more than what is between two anchors.
          const newest: number[] = [];
          for (const time of log) newest.push(Math.max(time, newest.at(-1) ?? 0));
          fc.pre(log.every((time, index) => index < 500 || time >= (newest[index - 500] ?? 0)));
          expect(readAll(log, breaks, engine)).toEqual(log.map((__, index) => index));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('asks for no more than a part of a long log again', () => {
    const position = createLogPosition();
    for (let at = 0; at < 100_000; at += 1) position.note(timeOf(at));
    const [, nanoseconds] = position.resume().since.split('.');

    expect(Number(nanoseconds)).toBeGreaterThan(97_000);
    expect(Number(nanoseconds)).toBeLessThan(99_000);
  });
});
