// From lines to instructions: continuations joined, comments dropped, heredoc bodies taken off. Source: BuildKit, parser/parser.go.
import { DockerfileError } from './dockerfile-error.js';
import { type Heredoc, type HeredocOpening, heredocsIn } from './heredoc.js';
import { type Instruction, readInstruction, takesHeredocs, withHeredocs } from './instruction.js';
import { withoutReturn } from './source-lines.js';

export interface Instructions {
  readonly instructions: readonly Instruction[];
  /** 1-based lines that stand blank inside a continuation. */
  readonly blankLines: readonly number[];
}

interface Reader {
  readonly lines: readonly string[];
  readonly escapeToken: string;
  readonly blankLines: number[];
  readonly ends: HeredocEnds | null;
  /** Index of the next line. */
  at: number;
}

/** Whether a heredoc has its last line at this index or behind it. */
export type HeredocEnds = (opening: HeredocOpening, from: number) => boolean;

const space = /^\s*/;
const isComment = (line: string): boolean => line.trimStart().startsWith('#');

export interface ReadOptions {
  readonly escapeToken: string;
  /** Directive lines in front. */
  readonly skip: number;
  /** Given by who takes any text: nothing is refused then. */
  readonly ends?: HeredocEnds;
}

/** @throws {DockerfileError} `heredoc-unterminated`, `instruction-invalid` */
export function readInstructions(
  lines: readonly string[],
  { escapeToken, skip, ends }: ReadOptions,
): Instructions {
  const reader: Reader = { lines, escapeToken, blankLines: [], ends: ends ?? null, at: skip };
  const instructions: Instruction[] = [];
  let comments: string[] = [];
  while (reader.at < lines.length) {
    const line = withoutReturn(lines[reader.at] ?? '');
    if (isComment(line)) {
      const comment = line.slice(1).trim();
      if (comment === '') comments = [];
      else comments.push(comment);
      reader.at += 1;
      continue;
    }
    const start = reader.at + 1;
    const text = joinLines(reader);
    if (text === null) continue;
    const place = { line: start, escapeToken, comments, strict: ends === undefined };
    instructions.push(finish(reader, readInstruction(text, place)));
    comments = [];
  }
  return { instructions, blankLines: reader.blankLines };
}

/** The instruction that begins here, on one line; null for a blank line. */
function joinLines(reader: Reader): string | null {
  const first = withoutReturn(reader.lines[reader.at] ?? '').replace(space, '');
  reader.at += 1;
  const head = cutEscape(first, reader.escapeToken);
  if (head === null) return first === '' ? null : first;
  const parts = [head];
  while (reader.at < reader.lines.length) {
    const line = withoutReturn(reader.lines[reader.at] ?? '');
    reader.at += 1;
    if (isComment(line)) continue;
    if (line.trim() === '') {
      reader.blankLines.push(reader.at);
      continue;
    }
    const part = cutEscape(line, reader.escapeToken);
    parts.push(part ?? line);
    if (part === null) break;
  }
  return parts.join('');
}

/** The line without its escape character when it goes on; null when it ends. An escaped one does not count. */
function cutEscape(line: string, escapeToken: string): string | null {
  let end = line.length;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end -= 1;
  if (line[end - 1] !== escapeToken || line[end - 2] === escapeToken) return null;
  return line.slice(0, end - 1);
}

function finish(reader: Reader, instruction: Instruction): Instruction {
  const openings = takesHeredocs(instruction) ? heredocsIn(instruction.text) : [];
  const heredocs = openings.flatMap((opening) =>
    reader.ends?.(opening, reader.at) === false ? [] : [readBody(reader, opening, instruction.line)],
  );
  return withHeredocs(instruction, heredocs, reader.at);
}

function readBody(reader: Reader, opening: HeredocOpening, line: number): Heredoc {
  const { lines } = reader;
  const start = reader.at;
  for (; reader.at < lines.length; reader.at += 1) {
    const text = withoutReturn(lines[reader.at] ?? '');
    if ((opening.stripsTabs ? text.replace(/^\t+/, '') : text) !== opening.name) continue;
    const content = lines
      .slice(start, reader.at)
      .map((each) => `${each}\n`)
      .join('');
    reader.at += 1;
    return { ...opening, content, endLine: reader.at };
  }
  throw new DockerfileError({
    code: 'heredoc-unterminated',
    line,
    message: `The heredoc <<${opening.name} that begins here has no line ${opening.name} at its end.`,
    hint: `Add a line that holds nothing but ${opening.name}.`,
  });
}
