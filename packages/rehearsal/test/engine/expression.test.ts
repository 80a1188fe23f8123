// Expressions as GitHub documents and evaluates them: literals, operators, conversions, functions, access, faults.
// Source: https://docs.github.com/actions/reference/workflows-and-actions/expressions
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isTruthy } from '../../src/engine/data.js';
import { evaluateExpression } from '../../src/engine/expression.js';

const contexts = {
  github: { ref: 'refs/heads/Main', event: { number: 7, labels: [{ name: 'bug' }, { name: 'Ui' }] } },
  object: { a: 1, B: { c: [10, 20, 30] }, 'with-dash': 'dash', 'with blank': 'blank' },
  list: ['zero', 'one', ['two', 'deep']],
  people: { ann: { age: 31, tags: ['x'] }, bob: { tags: ['y', 'z'] }, none: null },
  text: 'Hello World',
  empty: { object: {}, list: [], text: '', none: null },
  env: { Path: 'mixed', PATH: 'upper' },
  odd: { constructor: 'text', toString: 1, ['__proto__x']: 2 },
  same: { left: { v: 1 }, right: { v: 1 } },
};

const value = (text: string): unknown =>
  evaluateExpression(
    text,
    { contexts, hashFiles: (patterns) => `<${patterns.join('|')}>` },
    '.github/workflows/x.yml:7',
  );

type Rows = readonly (readonly [string, unknown])[];

const literals: Rows = [
  ['true', true],
  ['null', null],
  ['', null],
  ['  \n', null],
  ['42', 42],
  ['-42', -42],
  ['+4', 4],
  ['.25', 0.25],
  ['-9.2', -9.2],
  ['0xFf', 255],
  ['0o17', 15],
  ['-2.99e-2', -0.0299],
  ['1E3', 1000],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['NaN', Number.NaN],
  ["'text'", 'text'],
  ["''", ''],
  ["'It''s ''quoted'''", "It's 'quoted'"],
  ["'two\nlines'", 'two\nlines'],
];

const operators: Rows = [
  ['!true', false],
  ["!''", true],
  ['!!7', true],
  ['1 < 2', true],
  ['2 <= 2', true],
  ['2 > 2', false],
  ['3 >= 4', false],
  ["'a' < 'B'", true],
  ["'b' > 'A'", true],
  ['true && false', false],
  ['false || true', true],
  ['true || false && false', true],
  ['(true || false) && false', false],
  ['!false && true', true],
  ['1 == 1 && 2 != 3', true],
  ['1 < 2 == true', true],
  ['!(1 == 2)', true],
  // The operand itself comes out, which makes `a && b || c` a choice.
  ["'' || 'other'", 'other'],
  ["true && 'yes' || 'no'", 'yes'],
  ["false && 'yes' || 'no'", 'no'],
  ["true && '' || 'no'", 'no'],
  ["0 && fromJSON('no JSON')", 0],
  ["1 || fromJSON('no JSON')", 1],
];

const equality: Rows = [
  // Kinds that differ are compared as numbers.
  ["1 == '1'", true],
  ["1 == ' 1 '", true],
  ["255 == '0xff'", true],
  ["1000 == '1e3'", true],
  ["0 == ''", true],
  ["1 == 'one'", false],
  ['true == 1', true],
  ["true == '1'", true],
  ["true == 'true'", false],
  ['false == null', true],
  ["null == ''", true],
  ["null == 'null'", false],
  ['null == 0', true],
  ['0 == -0', true],
  ['NaN == NaN', false],
  ['NaN != NaN', true],
  ['NaN < 1', false],
  ['NaN >= 1', false],
  ["'abc' == 'ABC'", true],
  ["'abc' != 'ABC'", false],
  ["'a' < 1", false],
  ["2 > '1'", true],
  ['null < true', true],
  // Objects and lists are equal only to themselves.
  ['same.left == same.left', true],
  ['same.left == same.right', false],
  ['empty.list == empty.list', true],
  ["empty.list == ''", false],
  ['empty.object == null', false],
  ['empty.list < 1', false],
];

const texts: Rows = [
  ["format('{0}', null)", ''],
  ["format('{0}', true)", 'true'],
  ["format('{0}', 1.50)", '1.5'],
  ["format('{0}', -0)", '0'],
  ["format('{0}', 0xff)", '255'],
  ["format('{0}', 0.1234567890123456)", '0.123456789012346'],
  ["format('{0}', 123456789012345)", '123456789012345'],
  ["format('{0}', 1234567890123456)", '1.23456789012346E+15'],
  ["format('{0}', 1e21)", '1E+21'],
  ["format('{0}', 0.0001)", '0.0001'],
  ["format('{0}', -0.00001)", '-1E-05'],
  ["format('{0}', -Infinity)", '-Infinity'],
  ["format('{0}', NaN)", 'NaN'],
  ["format('{0}', list)", 'Array'],
  ["format('{0}', object)", 'Object'],
  ['contains(123.5, 3.5)', true],
  ["startsWith(true, 'TR')", true],
];

const functions: Rows = [
  ["contains(text, 'WORLD')", true],
  ["contains(text, '')", true],
  ["contains(text, 'worlds')", false],
  ["contains(list, 'ONE')", true],
  ["contains(list, 'on')", false],
  ["contains(list, 'two')", false],
  ["contains(fromJSON('[1, null, \"x\"]'), '1')", true],
  ["contains(fromJSON('[1, 2]'), null)", false],
  ["contains(empty.list, '')", false],
  ["contains(object, 'a')", false],
  ["startsWith(text, 'hello')", true],
  ["startsWith(text, '')", true],
  ["startsWith(text, 'World')", false],
  ["startsWith(list, 'zero')", false],
  ["endsWith(text, 'WORLD')", true],
  ["endsWith(text, 'Hello')", false],
  ["format('{0} and {1}, {0}', 'a', 'b')", 'a and b, a'],
  ["format('{{{0}}} {{1}}', 'a')", '{a} {1}'],
  ["format('no place', 'left')", 'no place'],
  ['join(list)', 'zero,one,Array'],
  ["join(github.event.labels.*.name, ' + ')", 'bug + Ui'],
  ["join('text', '-')", 'text'],
  ["join(fromJSON('[1, true, null, \"\"]'), '')", '1true'],
  ['join(empty.list)', ''],
  ['join(object)', ''],
  ["toJSON('quote \" and \\ and é')", '"quote \\" and \\\\ and é"'],
  ['toJSON(null)', 'null'],
  ['toJSON(1.50)', '1.5'],
  ['toJSON(empty.object)', '{}'],
  ['toJSON(empty.list)', '[]'],
  ['toJSON(same)', '{\n  "left": {\n    "v": 1\n  },\n  "right": {\n    "v": 1\n  }\n}'],
  ["toJSON(fromJSON('[1,[true]]'))", '[\n  1,\n  [\n    true\n  ]\n]'],
  ['fromJSON(\'{"a": [1, null]}\')', { a: [1, null] }],
  ["fromJSON('true')", true],
  ["fromJSON(' 12 ')", 12],
  ['fromJSON(\'"text"\')', 'text'],
  ['fromJSON(toJSON(object)).B.c[2]', 30],
  ['fromJSON(5)', 5],
  ["CONTAINS(ToJson('x'), 'X')", true],
  ["case(true, 'first', true, 'second', 'else')", 'first'],
  ["case(false, 'first', github.event.number == 7, 'second', 'else')", 'second'],
  ["case(false, 'first', 'else')", 'else'],
  ["case(false, fromJSON('no JSON'), 'else')", 'else'],
  ["hashFiles('**/a.lock', '!b/**')", '<**/a.lock|!b/**>'],
];

const access: Rows = [
  ['github.ref', 'refs/heads/Main'],
  ['GitHub.REF', 'refs/heads/Main'],
  ["github['ref']", 'refs/heads/Main'],
  ["object['with blank']", 'blank'],
  ['object.with-dash', 'dash'],
  ['object.b.C[1]', 20],
  ["object.B.c['1']", 20],
  ['object.B.c[1.9]', 20],
  ['env.Path', 'mixed'],
  ["env['PATH']", 'upper'],
  ['env.path', null],
  ["join(env.*, '+')", 'mixed+upper'],
  ['odd.constructor', 'text'],
  ['object.constructor', null],
  ['odd.TOSTRING', 1],
  ['object.B.c[-1]', null],
  ['object.B.c[3]', null],
  ["object.B.c['x']", null],
  ['object.missing', null],
  ['object.missing.deeper[0].still', null],
  ['text.length', null],
  ['text[0]', null],
  ['empty.none.x', null],
  ['list[2][1]', 'deep'],
  ["object[format('{0}', 'a')]", 1],
  ['fromJSON(\'{"A": 1}\').a', 1],
];

const filters: Rows = [
  ['github.event.labels.*.name', ['bug', 'Ui']],
  ["github.event.labels[*]['name']", ['bug', 'Ui']],
  ['people.*.age', [31]],
  ['people.*.tags[0]', ['x', 'y']],
  ['people.*.tags.*', ['x', 'y', 'z']],
  ['people.*.missing', []],
  ['list.*', ['zero', 'one', ['two', 'deep']]],
  ['list.*[1]', ['deep']],
  ['text.*', []],
  ['empty.none.*', []],
  ['empty.object.*.a', []],
  ["contains(github.event.labels.*.name, 'UI')", true],
];

describe.each<[string, Rows]>([
  ['literals', literals],
  ['operators', operators],
  ['loose equality and order', equality],
  ['values as text', texts],
  ['functions', functions],
  ['properties and indices', access],
  ['object filters', filters],
])('%s', (_name, rows) => {
  it.each(rows)('%s', (text, expected) => {
    expect(value(text)).toEqual(expected);
  });
});

describe('truth', () => {
  it.each(['false', '0', '-0', "''", 'null', 'NaN', 'empty.text', 'empty.none', 'object.missing'])(
    '%s is false',
    (text) => {
      expect(isTruthy(value(text))).toBe(false);
      expect(value(`!(${text})`)).toBe(true);
    },
  );

  it.each(['true', '1', '-1', "'0'", "'false'", "' '", 'Infinity', 'empty.list', 'empty.object'])(
    '%s is true',
    (text) => {
      expect(isTruthy(value(text))).toBe(true);
      expect(value(`!(${text})`)).toBe(false);
    },
  );
});

describe('a faulty expression is told with file, line and place', () => {
  it.each([
    ['1 <', "Unexpected end of expression: '<'. Located at position 3 within expression: 1 <"],
    ['> 1', "Unexpected symbol: '>'. Located at position 1"],
    ['1 2', "Unexpected symbol: '2'. Located at position 3"],
    ['(1', "Unexpected end of expression: '1'"],
    ['github..ref', 'Unexpected symbol'],
    ['FALSE', "Unrecognized named-value: 'FALSE'. Located at position 1"],
    ['true\n && nothing', "Unrecognized named-value: 'nothing'. Located at position 10"],
    ['github.1', "Unexpected symbol: '1'"],
    ['"double"', 'Unexpected symbol: \'"double"\'. Located at position 1'],
    ["'open", "Unexpected symbol: ''open'. Located at position 1"],
    ['1 + 1', "Unexpected symbol: '+'. Located at position 3"],
    ['a = b', "Unexpected symbol: '='"],
    ['-0xFF', "Unexpected symbol: '-0xFF'. Located at position 1"],
    ['nothing.here', "Unrecognized named-value: 'nothing'. Located at position 1"],
    ['nothing(1)', "Unrecognized function: 'nothing'. Located at position 1"],
    ['false && nothing()', "Unrecognized function: 'nothing'. Located at position 10"],
    ['success()', "Unrecognized function: 'success'"],
    ['contains(1)', "Too few parameters supplied: 'contains'"],
    ['toJSON(1, 2)', "Too many parameters supplied: 'toJSON'"],
    ['case(true, 1, false, 2)', 'Even number of parameters supplied'],
    ["case('true', 1, 2)", 'boolean'],
    ["format('{1}', 'a')", 'format'],
    ["format('{0', 'a')", 'format'],
    ["fromJSON('{')", 'JSON'],
    ["fromJSON('')", 'JSON'],
    [`${'('.repeat(51)}1${')'.repeat(51)}`, 'Exceeded max expression depth 50'],
    [`'${'x'.repeat(21_000)}'`, 'ExceededMaxLength'],
  ])('%.40s', (text, message) => {
    expect(() => value(text)).toThrow(
      `.github/workflows/x.yml:7: the expression \`${text}\` cannot be evaluated: `,
    );
    expect(() => value(text)).toThrow(message);
  });
});

describe('any value', () => {
  it('survives toJSON and fromJSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (json) => {
        const normal: unknown = JSON.parse(JSON.stringify(json).replaceAll('-0', '0'));
        const scope = { contexts: { v: normal } };
        expect(evaluateExpression('fromJSON(toJSON(v))', scope, 'x:1')).toEqual(normal);
      }),
    );
  });

  it('of text is quoted by doubling its quotes', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(value(`'${text.replaceAll("'", "''")}'`)).toBe(text);
      }),
    );
  });
});
