// Safe YAML: what is refused, what values become, and where they stand.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseYaml, parseYamlWithPositions, YamlError } from '../src/yaml.js';

const options = { source: 'headgate.yml' };

describe('parseYaml', () => {
  it.each([
    ['', null],
    ['# nothing', null],
    ['a: 1', { a: 1 }],
    ['a: yes', { a: 'yes' }],
    ['a: 2026-01-01', { a: '2026-01-01' }],
    ['1: one', { '1': 'one' }],
    ['a: &x [1]\nb: *x', { a: [1], b: [1] }],
    ['__proto__: {admin: true}', { ['__proto__']: { admin: true } }],
    ['{"json": ["too"]}', { json: ['too'] }],
  ])('reads %j', (text, expected) => {
    expect(JSON.stringify(parseYaml(text, options))).toBe(JSON.stringify(expected));
  });

  it('gives mappings no prototype that a key could reach', () => {
    const value = parseYaml('__proto__: {admin: true}', options) as object;

    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it.each([
    ['a merge key', 'a: &x {b: 1}\nc:\n  <<: *x', 'merge keys'],
    ['a key twice', 'a: 1\na: 2', 'duplicate'],
    ['a mapping as a key', '? {a: 1}\n: b', 'key'],
    ['several documents', 'a\n---\nb', 'one document'],
    ['nesting beyond 32', '['.repeat(40) + ']'.repeat(40), 'nesting'],
    ['more than 256 KiB', `a: ${'x'.repeat(300_000)}`, '262144'],
    ['more than 100 aliases', `a: &x 1\nb: [${'*x,'.repeat(101)}]`, 'alias'],
    ['an unknown tag', 'a: !!js/function "x"', 'tag'],
    ['an unfinished list', 'a: [1', 'headgate.yml:'],
  ])('refuses %s', (_, text, part) => {
    expect(() => parseYaml(text, options)).toThrow(YamlError);
    expect(() => parseYaml(text, options)).toThrow(part);
  });

  it('refuses aliases of aliases before they fill the memory', () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level},`.repeat(9)}]`,
    );

    expect(() => parseYaml(`l0: &l0 [1,1,1,1,1,1,1,1,1]\n${levels.join('\n')}`, options)).toThrow(
      'more than 100000 values',
    );
  });

  it('says line and column of what it cannot read', () => {
    const error = caught(() => parseYaml('a: 1\nb: "x', options));

    expect(error).toMatchObject({ code: 'invalid-yaml', line: 2 });
    expect(error.message).toMatch(/^headgate\.yml:2:\d+: /);
  });

  it('reads back every JSON value without harm, and never throws anything but YamlError', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        fc.pre(!JSON.stringify(value).includes('"<<"'));
        expect(JSON.stringify(parseYaml(JSON.stringify(value), options))).toBe(JSON.stringify(value));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'a:- \n[]{}&*!|>\'"#,?%@`\t1~<') }), (text) => {
        try {
          parseYaml(text, options);
        } catch (error) {
          expect(error).toBeInstanceOf(YamlError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('parseYamlWithPositions', () => {
  const text = [
    'name: shop',
    'images:',
    '  - name: "web"',
    '    args: {A: 1, B: x}',
    '  - name: api',
    'empty:',
    'anchor: &a {deep: 1}',
    'alias: *a',
  ].join('\n');
  const document = parseYamlWithPositions(text, options);

  it.each([
    [['name'], 1, 7],
    [['images', 0, 'name'], 3, 11],
    [['images', 0, 'args', 'B'], 4, 21],
    [['images', 1], 5, 5],
    [['images', 1, 'name'], 5, 11],
    [['empty'], 6, 1],
    [['alias', 'deep'], 7, 19],
    [['images', 7, 'name'], 3, 3],
    [[], 1, 1],
  ])('finds the value at %j in line %d, column %d', (path, line, column) => {
    expect(document.positionOf(path)).toEqual({ line, column });
  });

  it('finds keys', () => {
    expect(document.keyPositionOf(['images', 0, 'args'])).toEqual({ line: 4, column: 5 });
    expect(document.keyPositionOf(['images', 1])).toEqual({ line: 5, column: 5 });
  });

  it('gives every value of any document a place inside the text', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.jsonValue({ maxDepth: 3 })),
        (value) => {
          const source = JSON.stringify(value, null, 2);
          fc.pre(!source.includes('"<<"'));
          const found = parseYamlWithPositions(source, options);
          for (const key of Object.keys(value)) {
            const { line, column } = found.keyPositionOf([key]);
            expect(
              source
                .split('\n')
                [line - 1]?.slice(column - 1)
                .startsWith(JSON.stringify(key)),
            ).toBe(true);
          }
        },
      ),
    );
  });
});

function caught(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
