// What an output can show: colours and a picture that redraws itself, or plain lines.
import { ansiPaint, noPaint, type Paint } from '@headgate/rehearsal/view/marks';
import type { HostProcess, Output } from './host-process.js';

type Environment = HostProcess['env'];

/** A terminal that understands cursor movements. */
export function canRedraw(output: Output, env: Environment): boolean {
  return output.isTTY === true && env['TERM'] !== 'dumb';
}

/** Colours on a terminal, unless NO_COLOR is set to something. Source: no-color.org. */
export function paintFor(output: Output, env: Environment): Paint {
  const wanted = (env['NO_COLOR'] ?? '') === '';
  return wanted && canRedraw(output, env) ? ansiPaint : noPaint;
}

/** How many characters of a line a terminal shows: all but its colours. */
function shownLength(line: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
  return line.replace(/\u001b\[\d+m/g, '').length;
}

export interface Picture {
  draw(lines: readonly string[]): void;
  /** Leaves the last frame as it is and gives the cursor back. */
  end(): void;
}

/**
 * Frames that replace one another in place: each line is overwritten and then cleared to its end, so that nothing
 * flickers; a terminal that became narrower has wrapped the former lines, which is reckoned with.
 */
export function createPicture(output: Output): Picture {
  let former: readonly string[] = [];
  return {
    draw: (lines) => {
      const width = Math.max(1, output.columns ?? 80);
      const rows = former.reduce((sum, line) => sum + Math.max(1, Math.ceil(shownLength(line) / width)), 0);
      const begin = former.length === 0 ? '\u001b[?25l' : `\u001b[${rows}A`;
      output.write(`${begin}${lines.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`);
      former = lines;
    },
    end: () => {
      if (former.length > 0) output.write('\u001b[?25h');
    },
  };
}
