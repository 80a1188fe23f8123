// The input `tests`: what is taken, and what is refused by test and member.
import { describe, expect, it } from '@jest/globals';
import { parseTests } from '../src/test-inputs.js';

describe('the input tests', () => {
  it.each([null, ''])('is no test when it is %j', (value) => {
    expect(parseTests(value)).toEqual([]);
  });

  it('takes every member, in the order written', () => {
    const tests = parseTests({
      smoke: { command: ['node', 'dist/smoke.js', 8080], environment: { A: 1, B: 'x=y' }, deadline: '90s' },
      'end-to-end': { 'image-name': 'browser' },
    });

    expect(tests).toEqual([
      {
        name: 'smoke',
        imageName: '',
        command: ['node', 'dist/smoke.js', '8080'],
        environment: new Map([
          ['A', '1'],
          ['B', 'x=y'],
        ]),
        deadlineMs: 90_000,
      },
      { name: 'end-to-end', imageName: 'browser', command: [], environment: new Map(), deadlineMs: 60_000 },
    ]);
  });

  it('leaves an argument as it was written, blanks and empty ones too', () => {
    const [test] = parseTests({ smoke: { command: ['sh', '-c', ' echo "$A" ', ''] } });

    expect(test?.command).toEqual(['sh', '-c', ' echo "$A" ', '']);
  });

  it.each([
    [['smoke'], 'a map from a name to a test was expected'],
    [{ 'a b': { command: ['x'] } }, '"a b" is no name'],
    [{ smoke: 'node smoke.js' }, 'smoke: a map was expected'],
    [{ smoke: { command: 'node smoke.js' } }, 'smoke: command: a list was expected'],
    [{ smoke: { command: ['a\0b'] } }, 'smoke: command: it holds a NUL character'],
    [{ smoke: { command: [['a']] } }, 'smoke.command: one value was expected'],
    [{ smoke: {} }, 'smoke: a command was expected'],
    [{ smoke: { command: [] } }, 'smoke: a command was expected'],
    [{ smoke: { command: ['x'], retries: 3 } }, 'smoke: it has no retries'],
    [{ smoke: { command: ['x'], environment: ['A=b'] } }, 'smoke: environment: a map was expected'],
    [{ smoke: { command: ['x'], environment: { 'A B': 'c' } } }, 'smoke: "A B" is no name of a variable'],
    [{ smoke: { command: ['x'], deadline: 'soon' } }, 'smoke: deadline: a time longer than 0'],
    [{ smoke: { command: ['x'], deadline: '0s' } }, 'smoke: deadline: a time longer than 0'],
  ])('refuses %j: %s', (value, problem) => {
    expect(() => parseTests(value)).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message: expect.stringContaining(`tests: ${problem}`),
      }),
    );
  });
});
