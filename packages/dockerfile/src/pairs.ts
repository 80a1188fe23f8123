// Names and values of ARG, ENV and LABEL, not expanded yet. Source: BuildKit, parser/line_parsers.go.
import { DockerfileError, shown } from './dockerfile-error.js';
import type { Instruction } from './instruction.js';
import { splitQuoted } from './words.js';

export interface Pair {
  readonly name: string;
  /** Null for `ARG name`. */
  readonly value: string | null;
}

/** @throws {DockerfileError} `instruction-invalid` */
export function readPairs({ keyword, rest, line, escapeToken }: Instruction): readonly Pair[] {
  const words = splitQuoted(rest, escapeToken);
  const first = words[0] ?? '';
  if (keyword !== 'ARG' && !first.includes('=')) {
    // The old form: one name, then everything else is its value.
    const [, name = '', value] = /^(\S+)[\t\v\f\r ]+(\S.*)$/s.exec(rest) ?? [];
    if (value === undefined)
      throw invalid(line, `${keyword} needs a value for ${shown(first)}`, `Write ${keyword} NAME=VALUE.`);
    return [{ name, value }];
  }
  return words.map((word) => {
    const at = word.indexOf('=');
    if (at === 0)
      throw invalid(line, `${keyword} has a value without a name`, `Write ${keyword} NAME=VALUE.`);
    if (at < 0 && keyword !== 'ARG')
      throw invalid(line, `${shown(word)} has no =`, 'Write NAME=VALUE, with quotes around blanks.');
    return at < 0 ? { name: word, value: null } : { name: word.slice(0, at), value: word.slice(at + 1) };
  });
}

function invalid(line: number, found: string, hint: string): DockerfileError {
  return new DockerfileError({
    code: 'instruction-invalid',
    line,
    message: `The instruction cannot be used: ${found}.`,
    hint,
  });
}
