// YAML as `headgate init` writes it: whatever names and comments hold, it parses back to what was meant.
import { parseYaml } from '@headgate/kit/yaml';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Block, type Line, meaningOf, type Plain, writeText, writeYaml } from '../src/init/yaml-text.js';

const hostile = [
  'a: b',
  'a #b',
  '- a',
  '"',
  "'",
  'null',
  'No',
  '1e3',
  '0x1f',
  '.5',
  '.inf',
  '.',
  '<<x',
  `\${{ github.token }}`,
  'line\nbreak',
  '\u2028',
  '\ufeff',
  '\u0085',
  '&a',
  '*a',
  '!tag',
  '%YAML',
  '---',
  '...',
  '\\',
  '__proto__',
  'constructor',
];
const text = fc.oneof(fc.constantFrom(...hostile), fc.string(), fc.string({ unit: 'binary' }));
const key = text.filter((name) => name !== '<<');
const plain = fc.letrec<{ plain: Plain }>((tie) => ({
  plain: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.integer(),
    fc.boolean(),
    fc.array(tie('plain'), { maxLength: 3 }),
    fc.dictionary(key, tie('plain'), { maxKeys: 3, noNullPrototype: false }),
  ),
})).plain;
const block = fc.letrec<{ block: Block }>((tie) => ({
  block: fc
    .uniqueArray(
      fc.record<Line>(
        {
          key,
          value: fc.oneof({ maxDepth: 3 }, plain, tie('block')),
          above: fc.array(text, { maxLength: 2 }),
          beside: text,
          apart: fc.boolean(),
        },
        { requiredKeys: ['key', 'value'] },
      ),
      { selector: (line) => line.key, maxLength: 4 },
    )
    .map((lines) => new Block(lines)),
})).block;

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? {}));

describe('the YAML that is written', () => {
  it('parses back to what was meant, whatever it holds', () => {
    fc.assert(
      fc.property(block, (written) => {
        const back = parseYaml(writeYaml(written).join('\n'), { source: 'written' });

        expect(asJson(back)).toEqual(asJson(meaningOf(written)));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['.', '.'],
    ['Dockerfile', 'Dockerfile'],
    ['api/Dockerfile.web', 'api/Dockerfile.web'],
    ['./smoke.sh', './smoke.sh'],
    ['node:24', '"node:24"'],
    ['1.0', '"1.0"'],
    ['no', '"no"'],
    ['', '""'],
    ['-x', '"-x"'],
    ['a\nb', '"a\\nb"'],
  ])('writes %j as %s', (given, written) => {
    expect(writeText(given)).toBe(written);
  });

  it('keeps a comment on its line', () => {
    const lines = writeYaml(new Block([{ key: 'a', value: 1, beside: 'x\nb: 2', above: ['y\u2028c: 3'] }]));

    expect(lines).toEqual(['# y\ufffdc: 3', 'a: 1 # x\ufffdb: 2']);
  });
});
