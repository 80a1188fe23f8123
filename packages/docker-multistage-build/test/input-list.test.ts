// Lists as people bring them from docker/build-push-action: lines, commas, quotes.
import { InputError } from '@headgate/kit/errors';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseItems } from '../src/input-list.js';

const separates = { comma: 'separates' } as const;
const belongs = { comma: 'belongs' } as const;

describe('parseItems', () => {
  it.each<[string, string, readonly string[]]>([
    ['nothing', '', []],
    ['lines', 'a\nb\r\n\n  c  \n', ['a', 'b', 'c']],
    ['commas', 'a, b,,c', ['a', 'b', 'c']],
    ['a quoted item with a comma beside another', '"a,b",c', ['a,b', 'c']],
    ['a quoted item alone in its line, split as there', '"a,b"', ['a', 'b']],
    ['a quote within an item', 'a"b,c', ['a"b', 'c']],
  ])('reads %s where commas separate', (_what, text, items) => {
    expect(parseItems('tags', text, separates)).toEqual(items);
  });

  it.each<[string, string, readonly string[]]>([
    ['a value with commas', 'A=1,2\nB=3', ['A=1,2', 'B=3']],
    ['a quoted value of several lines', '"A=one\ntwo"\nB=3', ['A=one\ntwo', 'B=3']],
    ['quotes written twice', '"A=say ""hello"""', ['A=say "hello"']],
    ['text after a closing quote', '"A="b', ['A=b']],
    ['quotes in the middle', 'A="x,y"', ['A="x,y"']],
  ])('reads %s where a comma belongs to the item', (_what, text, items) => {
    expect(parseItems('labels', text, belongs)).toEqual(items);
  });

  it('keeps the line end of an item where that counts', () => {
    expect(parseItems('secrets', '"key=a\nb\n"', { ...belongs, keepSpace: true })).toEqual(['key=a\nb\n']);
  });

  it('names the line of a quote that is never closed, and nothing of the text', () => {
    const act = (): unknown => parseItems('secrets', 'a=1\n"b=hunter22', belongs);

    expect(act).toThrow('secrets: a quote is opened on line 2 and never closed');
    expect(act).not.toThrow('hunter22');
  });

  it('gives back any items that were quoted as CSV', () => {
    const item = fc.string().filter((text) => text.trim() === text && text !== '' && !/^"?$/.test(text));
    fc.assert(
      fc.property(fc.array(item), (items) => {
        const text = items.map((one) => `"${one.replaceAll('"', '""')}"`).join('\n');
        expect(parseItems('labels', text, belongs)).toEqual(items);
      }),
    );
  });

  it('throws nothing but its own error, in linear time', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[",\r\na=]{0,60}$/), (text) => {
        try {
          parseItems('labels', text, separates);
        } catch (problem) {
          expect(problem).toBeInstanceOf(InputError);
        }
      }),
    );
    expect(parseItems('labels', '"a""'.repeat(100_000).concat('"'), belongs).length).toBeGreaterThan(0);
  });
});
