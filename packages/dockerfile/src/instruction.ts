// One instruction of a Dockerfile: its word, flags and arguments, before anything is expanded.
import { DockerfileError, shown } from './dockerfile-error.js';
import type { Heredoc } from './heredoc.js';
import { splitBlanks, splitInstruction } from './words.js';

export interface Instruction {
  /** Upper case. */
  readonly keyword: string;
  /** As written. */
  readonly word: string;
  /** `--name` or `--name=value`. */
  readonly flags: readonly string[];
  /** What follows word and flags. */
  readonly rest: string;
  /** Words of the JSON form; null for the other form. */
  readonly json: readonly string[] | null;
  /** The whole instruction on one line, without heredoc bodies. */
  readonly text: string;
  /** 1-based line on which it begins. */
  readonly line: number;
  /** 1-based line on which it ends, heredocs included. */
  readonly endLine: number;
  /** Comments right before it, without `#`. */
  readonly comments: readonly string[];
  readonly heredocs: readonly Heredoc[];
  /** The file's escape character. */
  readonly escapeToken: string;
  /** What ONBUILD holds back; null for any other instruction. */
  readonly trigger: Instruction | null;
}

const jsonForms: ReadonlySet<string> = new Set([
  'ADD',
  'CMD',
  'COPY',
  'ENTRYPOINT',
  'RUN',
  'SHELL',
  'VOLUME',
]);
const heredocForms: ReadonlySet<string> = new Set(['ADD', 'COPY', 'RUN']);

export interface InstructionPlace {
  readonly line: number;
  readonly escapeToken: string;
  readonly comments: readonly string[];
  /** False for who takes any text. */
  readonly strict: boolean;
}

/** @throws {DockerfileError} `instruction-invalid` for a JSON form that holds more than text */
export function readInstruction(text: string, place: InstructionPlace): Instruction {
  const { word, flags, rest } = splitInstruction(text, place.escapeToken);
  const keyword = word.toUpperCase();
  // A trigger of a trigger is refused later: it need not be read.
  const holds = keyword === 'ONBUILD' && rest !== '' && !/^ONBUILD\b/i.test(rest);
  return {
    keyword,
    word,
    flags,
    rest,
    json: jsonForms.has(keyword) ? readJson(rest, place) : null,
    text: text.trim(),
    line: place.line,
    endLine: place.line,
    comments: place.comments,
    heredocs: [],
    escapeToken: place.escapeToken,
    trigger: holds ? readInstruction(rest, { ...place, comments: [] }) : null,
  };
}

/** True where `<<WORD` opens a heredoc: RUN, COPY and ADD, also behind ONBUILD, not in the JSON form. */
export function takesHeredocs({ keyword, json, trigger }: Instruction): boolean {
  if (trigger !== null) return takesHeredocs(trigger);
  return heredocForms.has(keyword) && json === null;
}

export function withHeredocs(
  instruction: Instruction,
  heredocs: readonly Heredoc[],
  endLine: number,
): Instruction {
  const { trigger } = instruction;
  return {
    ...instruction,
    heredocs,
    endLine,
    trigger: trigger === null ? null : withHeredocs(trigger, heredocs, endLine),
  };
}

/** Words of COPY, ADD, VOLUME, FROM and EXPOSE. */
export function argumentsOf({ json, rest }: Instruction): readonly string[] {
  return json ?? splitBlanks(rest);
}

/** Values of a flag in order; null where the flag has none. */
export function flagValues({ flags }: Instruction, name: string): readonly (string | null)[] {
  return flags.flatMap((flag) => {
    if (flag === `--${name}`) return [null];
    return flag.startsWith(`--${name}=`) ? [flag.slice(name.length + 3)] : [];
  });
}

function readJson(rest: string, { line, strict }: InstructionPlace): readonly string[] | null {
  if (!rest.startsWith('[')) return null;
  let value: unknown;
  try {
    value = JSON.parse(rest);
  } catch {
    return null;
  }
  if (!Array.isArray(value)) return null;
  if (value.some((item) => typeof item !== 'string') && !strict) return null;
  if (value.every((item): item is string => typeof item === 'string')) return value;
  throw new DockerfileError({
    code: 'instruction-invalid',
    line,
    message: `The JSON form takes texts only; found ${shown(rest)}.`,
    hint: 'Put every word into double quotes.',
  });
}
