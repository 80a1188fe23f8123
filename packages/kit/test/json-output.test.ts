// JSON as a job's output: the same value, and never the placeholder's text.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonOutput } from '../src/json-output.js';

describe('jsonOutput', () => {
  it.each<[unknown, string]>([
    [{}, '{ }'],
    [{ a: {}, b: [{}, []] }, '{"a":{ },"b":[{ },[]]}'],
    ['{}', String.raw`"{\u007d"`],
    [{ '{}': '\\"{}' }, String.raw`{"{\u007d":"\\\"{\u007d"}`],
  ])('of %j is %s', (value, text) => {
    expect(jsonOutput(value)).toBe(text);
  });

  it('means the same and holds no empty braces, for any value', () => {
    const text = fc.string({ unit: fc.constantFrom('{', '}', '"', '\\', 'a', '\n', '😀') });
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(text, fc.array(tie('value')), fc.dictionary(text, tie('value'))),
    }));
    fc.assert(
      fc.property(value, (any) => {
        const json = jsonOutput(any);

        expect(json).not.toContain('{}');
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(any)));
      }),
    );
  });
});
