// Heredocs: which words of a line open one, and where its body ends. Source: BuildKit, parser/parser.go.
import { expand } from './expansion.js';

export interface HeredocOpening {
  readonly name: string;
  /** `<<-`: tabs in front of each line are dropped. */
  readonly stripsTabs: boolean;
  /** Variables in the body count; not so when a part of the word is quoted. */
  readonly expands: boolean;
}

export interface Heredoc extends HeredocOpening {
  /** With its line ends, tabs as written. */
  readonly content: string;
  /** 1-based line after the body: where the word stands again. */
  readonly endLine: number;
}

const opening = /^\d*<<(-?)([^<]*)$/;
const unset = (): undefined => undefined;

/** Heredocs that an instruction's line opens; a line with unbalanced quotes opens none. */
export function heredocsIn(line: string): readonly HeredocOpening[] {
  if (!line.includes('<<')) return [];
  const rules = { escapeToken: '\\', lookUp: unset, keepUnset: true, keepQuotes: true, keepEscapes: true };
  const split = expand(line, rules);
  if (!split.ok) return [];
  return split.words.flatMap((word) => readHeredocWord(word) ?? []);
}

/** The heredoc that one word opens; null when it opens none. */
export function readHeredocWord(word: string): HeredocOpening | null {
  if (!word.includes('<<')) return null;
  const [, dash, found = ''] = opening.exec(word) ?? [];
  const rest = found.trimStart();
  if (rest === '') return null;
  const rules = { escapeToken: '\\', lookUp: unset, keepUnset: true };
  const plain = expand(rest, rules);
  const quoted = expand(rest, { ...rules, keepQuotes: true });
  const name = plain.ok ? plain.words[0] : undefined;
  if (!plain.ok || !quoted.ok || name === undefined || plain.words.length !== 1) return null;
  return {
    name,
    stripsTabs: dash === '-',
    expands: countQuotes(name) === countQuotes(quoted.words[0] ?? ''),
  };
}

const countQuotes = (text: string): number => text.split(/['"]/).length;
