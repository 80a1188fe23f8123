// Reading inputs: precedence, every kind of value, and errors that name the input.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InputError } from '../src/errors.js';
import { commonInputs, createInputReader, type InputReader } from '../src/inputs.js';
import { createTestCore } from '../src/testing/core.js';

const specs = {
  ...commonInputs,
  context: { default: '.' },
  publish: { default: 'false' },
  instances: { default: '2' },
  deadline: { default: '30m' },
  limit: { default: '500MB' },
  platforms: { default: '' },
  'build-args': { default: '' },
  secrets: { default: '' },
  'build-secrets': { default: '' },
  mode: { default: '' },
};

describe('precedence', () => {
  it.each([
    ['the default alone', {}, '.', 'default'],
    ['settings over the default', { settings: '{"context":"app"}' }, 'app', 'settings'],
    [
      'an explicit input over settings',
      { settings: '{"context":"app"}', context: 'other' },
      'other',
      'input',
    ],
    [
      'settings over an input that merely repeats the default',
      { settings: '{"context":"app"}', context: '.' },
      'app',
      'settings',
    ],
  ])('takes %s', (_, inputs, value, from) => {
    const reader = read(inputs);

    expect(reader.text('context')).toBe(value);
    expect(reader.raw('context')).toEqual({ from, value });
  });

  it('reads leg from settings, and never settings from itself', () => {
    expect(read({ settings: '{"leg":"web"}' }).text('leg')).toBe('web');
    expect(() => read({ settings: '{"settings":"{}"}' })).toThrow('settings: the key "settings"');
  });

  it('takes empty values of settings over defaults', () => {
    expect(read({ settings: '{"deadline":""}' }).text('deadline')).toBe('');
    expect(read({ settings: '{"deadline":null}' }).text('deadline')).toBe('');
  });
});

describe('settings', () => {
  it.each([
    ['no JSON', '{', 'the text is not JSON'],
    ['a list', '[]', 'a JSON object was expected'],
    ['null', 'null', 'a JSON object was expected'],
    ['an unknown key', '{"contxt":"."}', 'the key "contxt" is not an input'],
    ['a key of Object itself', '{"constructor":"."}', 'the key "constructor"'],
    ['a prototype', '{"__proto__":{"context":"x"}}', 'the key "__proto__"'],
  ])('refuses %s', (_, settings, problem) => {
    expect(() => read({ settings })).toThrow(problem);
  });

  it('offers the near name', () => {
    expect(errorOf(() => read({ settings: '{"contxt":"."}' })).hint).toBe('Write context instead of contxt.');
  });
});

describe('required inputs', () => {
  const required = { ...commonInputs, image: { default: '', required: true } };

  it('are missed at once, by name', () => {
    const error = errorOf(() => createInputReader(required, createTestCore()));

    expect(error.message).toBe('image: it is required and was not given');
    expect(error.input).toBe('image');
  });

  it('may come from settings', () => {
    expect(createInputReader(required, createTestCore({ settings: '{"image":"x"}' })).text('image')).toBe(
      'x',
    );
  });
});

describe('kinds of values', () => {
  it.each([
    ['true', true],
    ['True', true],
    ['FALSE', false],
  ])('reads the boolean %s', (publish, expected) => {
    expect(read({ publish }).boolean('publish')).toBe(expected);
  });

  it('reads JSON scalars of settings as their text', () => {
    const reader = read({ settings: '{"publish":true,"instances":3}' });

    expect(reader.boolean('publish')).toBe(true);
    expect(reader.integer('instances', { min: 1 })).toBe(3);
  });

  it('reads durations as milliseconds, sizes as bytes, and their defaults alike', () => {
    const reader = read({ limit: '1MiB' });

    expect(reader.duration('deadline')).toBe(1_800_000);
    expect(reader.size('limit')).toBe(1_048_576);
  });

  it.each([
    ['a text', { platforms: 'linux/amd64, linux/arm64' }],
    ['lines', { platforms: 'linux/amd64\r\n\n  linux/arm64\n' }],
    ['a JSON array', { settings: '{"platforms":["linux/amd64","linux/arm64"]}' }],
  ])('reads a list from %s', (_, inputs) => {
    expect(read(inputs).list('platforms')).toEqual(['linux/amd64', 'linux/arm64']);
  });

  it.each([
    ['lines', { 'build-args': 'A=1\nB=x=y\n\n C = z ' }],
    ['a JSON object', { settings: '{"build-args":{"A":1,"B":"x=y","C":"z"}}' }],
  ])('reads key=value pairs from %s', (_, inputs) => {
    expect([...read(inputs).keyValues('build-args')]).toEqual([
      ['A', '1'],
      ['B', 'x=y'],
      ['C', 'z'],
    ]);
  });

  it('reads YAML from a text and JSON from settings', () => {
    expect(read({ secrets: 'npm: {secret: NPM}' }).yaml('secrets')).toEqual({ npm: { secret: 'NPM' } });
    expect(read({ settings: '{"secrets":{"npm":{"secret":"NPM"}}}' }).yaml('secrets')).toEqual({
      npm: { secret: 'NPM' },
    });
    expect(read({}).yaml('secrets')).toBeNull();
  });

  it('reads null for an optional text that is empty', () => {
    expect(read({}).optional('mode')).toBeNull();
    expect(read({ mode: 'decide' }).optional('mode')).toBe('decide');
  });
});

describe('wrong values', () => {
  it.each<[string, Record<string, string>, (reader: Reader) => unknown, string]>([
    [
      'a boolean',
      { publish: 'yes' },
      (reader) => reader.boolean('publish'),
      'publish: true or false was expected, "yes" was found',
    ],
    [
      'an integer',
      { instances: 'two' },
      (reader) => reader.integer('instances'),
      'instances: a whole number was expected, "two" was found',
    ],
    [
      'an integer below',
      { instances: '0' },
      (reader) => reader.integer('instances', { min: 1, max: 9 }),
      'instances: at least 1 and at most 9 was expected, 0 was found',
    ],
    ['a duration', { deadline: '30' }, (reader) => reader.duration('deadline'), 'deadline: a duration'],
    ['a size', { limit: 'big' }, (reader) => reader.size('limit'), 'limit: a size'],
    [
      'a choice',
      { mode: 'decid' },
      (reader) => reader.choice('mode', ['decide', 'collect']),
      'mode: one of decide, collect was expected, "decid" was found',
    ],
    [
      'a pair',
      { 'build-args': 'A' },
      (reader) => reader.keyValues('build-args'),
      'build-args: KEY=VALUE was expected',
    ],
    [
      'a pair without key',
      { 'build-args': '=1' },
      (reader) => reader.keyValues('build-args'),
      'build-args: KEY=VALUE was expected',
    ],
    [
      'a pair twice',
      { 'build-args': 'A=1\nA=2' },
      (reader) => reader.keyValues('build-args'),
      'build-args: the key A stands twice',
    ],
    [
      'a mapping where a text belongs',
      { settings: '{"context":{}}' },
      (reader) => reader.text('context'),
      'context: one value was expected',
    ],
    [
      'a list in a list',
      { settings: '{"platforms":[[]]}' },
      (reader) => reader.list('platforms'),
      'platforms: one value was expected',
    ],
    [
      'secrets in settings',
      { settings: '{"build-secrets":"{}"}' },
      (reader) => reader.secretMap('build-secrets'),
      'build-secrets: secrets must not travel in settings',
    ],
  ])('refuses %s by the name of the input', (_, inputs, readValue, message) => {
    const error = errorOf(() => readValue(read(inputs)));

    expect(error.message).toContain(message);
    expect(error.code).toBe('invalid-input');
    expect(error.hint).not.toBe('');
  });

  it('throws InputError and nothing else, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const reader = read({
          publish: text,
          instances: text,
          deadline: text,
          limit: text,
          mode: text,
          'build-args': text,
        });
        for (const name of ['publish', 'instances', 'deadline', 'limit', 'mode', 'build-args'] as const) {
          for (const readValue of [
            reader.boolean,
            reader.integer,
            reader.duration,
            reader.size,
            reader.keyValues,
          ]) {
            try {
              readValue(name);
            } catch (error) {
              expect(error).toBeInstanceOf(InputError);
            }
          }
        }
      }),
    );
  });
});

type Reader = InputReader<keyof typeof specs>;

function read(inputs: Readonly<Record<string, string>>): Reader {
  return createInputReader(specs, createTestCore(inputs));
}

function errorOf(action: () => unknown): InputError {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
