// Packer's stream: what it really printed, and anything else it might.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createStream, parseLine, type Stream } from '../src/stream.js';

const read = (text: string): Stream => {
  const stream = createStream();
  for (const line of text.trim().split('\n')) stream.take(line);
  return stream;
};

/** As packer writes data. */
const escaped = (text: string): string =>
  text.replaceAll(',', '%!(PACKER_COMMA)').replaceAll('\r', '\\r').replaceAll('\n', '\\n');

describe('a line', () => {
  it.each([
    [
      '1795243964,,ui,say,==> a: one%!(PACKER_COMMA) two\\nthree',
      { target: '', type: 'ui', data: ['say', '==> a: one, two\nthree'] },
    ],
    ['1795243964,file.a,artifact-count,2', { target: 'file.a', type: 'artifact-count', data: ['2'] }],
    ['1795243964,,error-count,1\r', { target: '', type: 'error-count', data: ['1'] }],
    ['panic: runtime error', null],
    ['', null],
    ['x,y,z', null],
  ])('%j is read', (line, expected) => {
    expect(parseLine(line)).toEqual(expected);
  });

  it('gives data back as it was, with any commas and line breaks', () => {
    const text = fc.array(fc.constantFrom(',', '\n', '\r', 'a', 'é', '%', '!', '(', ' '), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (parts) => {
        const data = parts.map((part) => part.join(''));
        expect(parseLine(`1,target,type,${data.map(escaped).join(',')}`)?.data).toEqual(data);
      }),
      { numRuns: 1000 },
    );
  });

  it('breaks nothing, whatever it holds', () => {
    const words = fc.constantFrom(
      '1',
      'a.b',
      'artifact',
      '0',
      'id',
      'file',
      'nil',
      'end',
      'ui',
      'say',
      'error',
      '__proto__',
      '',
    );
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.array(words).map((list) => list.join(',')),
            fc.string(),
          ),
          { maxLength: 20 },
        ),
        (lines) => {
          const stream = createStream();
          for (const line of lines) expect(typeof stream.take(line)).toBe('string');
          for (const [, artifacts] of stream.artifacts()) expect(Array.isArray(artifacts)).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('a stream', () => {
  it('tells each artifact once, though packer repeats it for every post-processor', () => {
    const artifact = (index: number): string => `
1,shop.file.notes,artifact,${index},builder-id,packer.file
1,shop.file.notes,artifact,${index},id,File
1,shop.file.notes,artifact,${index},string,Stored file: out/a%!(PACKER_COMMA)b.txt
1,shop.file.notes,artifact,${index},files-count,1
1,shop.file.notes,artifact,${index},file,0,out/a%!(PACKER_COMMA)b.txt
1,shop.file.notes,artifact,${index},end`;

    const stream = read(`1,shop.file.notes,artifact-count,2${artifact(0)}${artifact(1)}`);

    expect([...stream.artifacts()]).toEqual([
      [
        'shop.file.notes',
        [
          {
            builderId: 'packer.file',
            id: 'File',
            description: 'Stored file: out/a,b.txt',
            files: ['out/a,b.txt'],
          },
        ],
      ],
    ]);
  });

  it('knows who ended and who failed', () => {
    const stream = read(`
1,,ui,say,Build 'shop.null.check' finished after 18 milliseconds.
1,,ui,error,Build 'file.bad' errored after 1 millisecond: mkdir /x: no such file
1,,error-count,1
1,file.bad,error,mkdir /x: no such file
1,file.empty,artifact,0,nil
1,file.empty,artifact,0,end`);

    expect([...stream.ended()]).toEqual(['shop.null.check', 'file.bad']);
    expect(stream.errors()).toEqual([{ target: 'file.bad', message: 'mkdir /x: no such file' }]);
    expect(stream.artifacts().get('file.empty')).toEqual([]);
  });
});
