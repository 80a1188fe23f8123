// Changes as people see them: which action, which attributes, and never a sensitive value.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countChanges, readAction, readChange, secretsOfChange } from '../src/changes.js';
import { maskValue, sensitiveValues, showValue } from '../src/sensitive.js';

const change = (members: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}) =>
  readChange({ address: 'a.b', change: { actions: ['update'], ...members }, ...more });

describe('readAction', () => {
  it.each([
    [['create'], 'create'],
    [['delete', 'create'], 'replace'],
    [['create', 'delete'], 'replace'],
    [['forget'], 'forget'],
    [['create', 'forget'], 'create'],
    [['read'], 'read'],
    [['no-op'], 'no-op'],
  ] as const)('%j is %s', (actions, expected) => {
    expect(readAction([...actions])).toBe(expected);
  });

  it.each([[['explode']], ['create'], [undefined], [[]]])('refuses %j', (actions) => {
    expect(() => readAction(actions)).toThrow('are not known');
  });
});

describe('countChanges', () => {
  it('counts a replacement twice, and reading not at all', () => {
    const actions = ['create', 'replace', 'update', 'delete', 'read', 'forget', 'no-op'] as const;

    expect(countChanges(actions.map((action) => ({ action })))).toEqual({ add: 2, change: 1, destroy: 2 });
  });
});

describe('readChange', () => {
  it.each<[string, Readonly<Record<string, unknown>>, unknown]>([
    ['a changed value', { before: { a: 1, b: 2 }, after: { a: 3, b: 2 } }, [['a', '1', '3']]],
    ['a new value', { before: null, after: { a: 'x' } }, [['a', '', '"x"']]],
    ['a value that goes', { before: { a: 'x' }, after: null }, [['a', '"x"', '']]],
    [
      'an unknown value',
      { before: { a: 'x' }, after: {}, after_unknown: { a: true } },
      [['a', '"x"', '(known after apply)']],
    ],
    [
      'an unknown part',
      { before: null, after: { a: { c: 1 } }, after_unknown: { a: { b: true } } },
      [['a', '', '{"c":1,"b":"(known after apply)"}']],
    ],
    [
      'a sensitive value',
      {
        before: { a: 'old' },
        after: { a: 'new' },
        before_sensitive: { a: true },
        after_sensitive: { a: true },
      },
      [['a', '(sensitive)', '(sensitive)']],
    ],
    [
      'a sensitive part',
      { before: null, after: { a: ['x', { p: 'y' }] }, after_sensitive: { a: [false, { p: true }] } },
      [['a', '', '["x",{"p":"(sensitive)"}]']],
    ],
    [
      'a whole that is sensitive',
      { before: null, after: { a: 'x' }, before_sensitive: false, after_sensitive: true },
      [['a', '', '(sensitive)']],
    ],
    [
      'a value that is sensitive and unknown',
      { before: null, after: {}, after_unknown: { a: true }, after_sensitive: { a: true } },
      [['a', '', '(sensitive)']],
    ],
  ])('shows %s', (_, members, expected) => {
    expect(change(members).attributes.map(({ name, before, after }) => [name, before, after])).toEqual(
      expected,
    );
  });

  it('names where it was, that it is imported, and a deposed object', () => {
    expect(change({ importing: { id: 'x' } }, { previous_address: 'c.d', deposed: '1a2b' })).toMatchObject({
      address: 'a.b (deposed 1a2b)',
      movedFrom: 'c.d',
      imported: true,
    });
  });

  it('lists forty attributes and says how many more there are', () => {
    const after = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`a${index}`, index]));

    expect(change({ before: null, after })).toMatchObject({ attributes: { length: 40 }, more: 10 });
  });

  it.each([[null], [{}], [{ address: 'a' }], [{ change: {} }]])('refuses %j', (element) => {
    expect(() => readChange(element)).toThrow(SyntaxError);
  });

  it('shows a secret under no mark that covers it, wherever it is', () => {
    const secret = 'planted-secret';
    const leaf = fc.constantFrom<unknown>(secret, 1, true, null, 'word');
    const tree = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('tree')),
      ),
    })).tree;
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('x', 'y'), tree), (after) => {
        const members = { before: null, after, after_sensitive: marksOf(after, secret) };
        expect(JSON.stringify(change(members))).not.toContain(secret);
        expect(secretsOfChange(members).includes(secret)).toBe(JSON.stringify(after).includes(secret));
      }),
    );
  });
});

/** Marks exactly the leaves that hold the secret, as the tool does. */
function marksOf(value: unknown, secret: string): unknown {
  if (Array.isArray(value)) return value.map((item) => marksOf(item, secret));
  if (value === null || typeof value !== 'object') return value === secret;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, marksOf(item, secret)]));
}

describe('sensitiveValues', () => {
  it('takes texts of four characters and numbers of eight, and nothing shorter', () => {
    const value = { a: 'four', b: 'abc', c: 12_345_678, d: 1234, e: true, f: [null, 'deep-one'] };

    expect(sensitiveValues(value, true)).toEqual(['four', '12345678', 'deep-one']);
  });

  it('takes nothing for marks that fit no value', () => {
    expect(sensitiveValues('text', { a: true })).toEqual([]);
    expect(sensitiveValues({ a: 'text' }, { b: true, a: false })).toEqual([]);
  });
});

describe('showValue', () => {
  it('cuts between characters', () => {
    expect(showValue('😀😀😀', 4)).toBe('"😀😀…');
    expect(showValue(maskValue('x', true, undefined), 5)).toHaveLength(5);
  });
});
