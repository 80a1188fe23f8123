// What goes to a terminal, and what to everything else.
import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { Output } from '../src/host-process.js';
import { canRedraw, createPicture, paintFor } from '../src/terminal.js';

function output(size: { readonly isTTY?: boolean; columns?: number } = {}): {
  stream: Output;
  text(): string;
} {
  const stream = Object.assign(new PassThrough(), size);
  return { stream, text: () => String(stream.read() ?? '') };
}

describe('an output', () => {
  it.each<[boolean, Record<string, string>, boolean, boolean]>([
    [true, {}, true, true],
    [true, { NO_COLOR: '1' }, true, false],
    [true, { NO_COLOR: '' }, true, true],
    [true, { TERM: 'dumb' }, false, false],
    [false, {}, false, false],
  ])('that is a terminal: %s, with %j, redraws: %s, has colours: %s', (isTTY, env, redraws, coloured) => {
    const { stream } = output({ isTTY });

    expect(canRedraw(stream, env)).toBe(redraws);
    expect(paintFor(stream, env)('text', 'red') !== 'text').toBe(coloured);
  });
});

describe('a picture', () => {
  it('hides the cursor, overwrites its lines in place, clears what is left, gives the cursor back', () => {
    const { stream, text } = output({ columns: 20 });
    const picture = createPicture(stream);

    picture.draw(['one', 'two']);
    picture.draw(['one!']);
    picture.end();

    expect(text()).toBe(
      '\u001b[?25lone\u001b[K\ntwo\u001b[K\n\u001b[J\u001b[2Aone!\u001b[K\n\u001b[J\u001b[?25h',
    );
  });

  it('goes up over lines that a narrower terminal has wrapped, colours not counted', () => {
    const size = { columns: 20 };
    const { stream, text } = output(size);
    const picture = createPicture(stream);
    picture.draw(['\u001b[32m0123456789012345678\u001b[0m', 'short']);
    text();
    Object.assign(stream, { columns: 10 });

    picture.draw(['x']);

    expect(text()).toContain('\u001b[3Ax');
  });

  it('that was never drawn leaves nothing', () => {
    const { stream, text } = output();

    createPicture(stream).end();

    expect(text()).toBe('');
  });
});
