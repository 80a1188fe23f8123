// The scanner reads what JSON.parse reads, in any cut, and passes over what is around the object.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Taking } from '../src/json-member.js';
import { createJsonScanner } from '../src/json-scanner.js';

type Kind = Taking['kind'];

function scan(text: string, kinds: Readonly<Record<string, Kind>>, cut = 7): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  const choose = (name: string): Taking => {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : 'value';
    const elements: unknown[] = [];
    if (kind === 'elements') {
      define(found, name, elements);
      return { kind, take: (element) => void elements.push(element) };
    }
    if (kind === 'bytes') {
      define(found, name, '');
      return {
        kind,
        take: (piece) => define(found, name, `${found[name]}${Buffer.from(piece).toString('latin1')}`),
      };
    }
    if (kind === 'skip') return { kind };
    return { kind: 'value', take: (value) => define(found, name, value) };
  };
  const scanner = createJsonScanner(choose, 1000);
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += cut) scanner.write(bytes.subarray(from, from + cut));
  scanner.end();
  return found;
}

function define(target: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
}

describe('createJsonScanner', () => {
  it('reads every object as JSON.parse does, in any cut and layout', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(0, 1, 2),
        (value, cut, indent) => {
          const text = JSON.stringify(value, null, indent);
          fc.pre(text.length < 1000);
          expect({ ...scan(text, {}, cut) }).toEqual(JSON.parse(text));
        },
      ),
    );
  });

  it('gives each element of a list alone', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 2 })), fc.integer({ min: 1, max: 40 }), (list, cut) => {
        fc.pre(JSON.stringify(list).length < 1000);
        const text = JSON.stringify({ before: 1, list, after: [2] });
        expect(scan(text, { list: 'elements' }, cut)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('gives bytes as they stand, skips what is not wanted, takes a list that is none whole', () => {
    const text = '{"a": {"x":"}\\"]"} , "b":[1,{"c":"]"}],"l":{"no":"list"},"e":[]}';

    expect(scan(text, { a: 'bytes', b: 'skip', l: 'elements', e: 'elements' })).toEqual({
      a: '{"x":"}\\"]"} ',
      l: [{ no: 'list' }],
      e: [],
    });
  });

  it('passes over warnings before and after', () => {
    expect(scan('Warning: {odd}\n  in "a file"\n{"a":1}\nWarning: {"b":2}\n', {})).toEqual({ a: 1 });
  });

  it.each(['', '{', '{"a":1', '{"a":[1,2', 'text\n'])('refuses %j, which ends too early', (text) => {
    expect(() => scan(text, {})).toThrow('ends too early');
  });

  it('refuses a value larger than the limit, and takes many smaller ones', () => {
    const large = 'x'.repeat(1100);

    expect(() => scan(JSON.stringify({ large }), {})).toThrow('more than 1000 bytes');
    expect(
      scan(JSON.stringify({ large, list: Array(500).fill('abc') }), { large: 'skip', list: 'elements' }),
    ).toEqual({
      list: Array(500).fill('abc'),
    });
  });
});
