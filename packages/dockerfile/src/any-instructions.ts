// The instructions of any text: what `parseDockerfile` refuses is passed over here, for those who only want to look.
import { type Directives, readDirectives } from './directives.js';
import { DockerfileError } from './dockerfile-error.js';
import type { HeredocOpening } from './heredoc.js';
import type { Instruction } from './instruction.js';
import { readInstructions } from './instructions.js';
import { longestFile, withoutReturn } from './source-lines.js';

/**
 * Reads as the strict parser does as far as that goes. Total: a directive of no known value, a JSON form that holds more
 * than text and a heredoc without its end count as if they were not there.
 */
export function anyInstructions(text: string): readonly Instruction[] {
  const lines = text
    .slice(0, longestFile)
    .replace(/^\uFEFF/, '')
    .split('\n');
  const { escapeToken, lines: skip } = directivesOf(lines);
  return readInstructions(lines, { escapeToken, skip, ends: lastLines(lines) }).instructions;
}

function directivesOf(lines: readonly string[]): Pick<Directives, 'escapeToken' | 'lines'> {
  try {
    return readDirectives(lines.slice(0, 8).map(withoutReturn));
  } catch (problem) {
    if (!(problem instanceof DockerfileError)) throw problem;
    return { escapeToken: '\\', lines: 0 };
  }
}

/** Where each line stands last, as it is and without its tabs: what lies behind is not searched again and again. */
function lastLines(lines: readonly string[]): (opening: HeredocOpening, from: number) => boolean {
  const whole = new Map<string, number>();
  const untabbed = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    const text = withoutReturn(line);
    whole.set(text, index);
    untabbed.set(text.replace(/^\t+/, ''), index);
  }
  return ({ name, stripsTabs }, from) => ((stripsTabs ? untabbed : whole).get(name) ?? -1) >= from;
}
