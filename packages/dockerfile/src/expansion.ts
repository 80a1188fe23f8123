// Variables, quotes and escapes in a word, as BuildKit's shell lexer treats them. Source: frontend/dockerfile/shell.
import { ExpansionFault, type ExpansionRules, readVariable, type Scan } from './substitution.js';

export interface Expanded {
  readonly ok: true;
  readonly text: string;
  /** The text split at blanks outside quotes. */
  readonly words: readonly string[];
  readonly unset: ReadonlySet<string>;
  readonly used: ReadonlySet<string>;
}

export type Expansion = Expanded | { readonly ok: false; readonly problem: string };

/** Characters of a result; a few doubling variables would otherwise fill the memory. */
export const longestExpansion = 4096;

/** @param limit characters that variables may add to the result */
export function expand(text: string, rules: ExpansionRules, limit = longestExpansion): Expansion {
  const scan: Scan = {
    text,
    rules,
    at: 0,
    depth: 0,
    keepEscapes: rules.keepEscapes === true,
    room: limit,
    unset: new Set(),
    used: new Set(),
    nested: 0,
    readUntil: (stop) => {
      scan.nested += 1;
      return readUntil(scan, stop).result;
    },
  };
  try {
    const { result, words } = readUntil(scan, null);
    return { ok: true, text: result, words, unset: scan.unset, used: scan.used };
  } catch (error) {
    if (error instanceof ExpansionFault) return { ok: false, problem: error.message };
    throw error;
  }
}

const space = /\s/;

function readUntil(scan: Scan, stop: string | null): { readonly result: string; readonly words: string[] } {
  const { text, rules } = scan;
  const words: string[] = [];
  let result = '';
  let word = '';
  const addBlank = (): void => {
    if (word !== '') words.push(word);
    word = '';
  };
  while (scan.at < text.length) {
    const character = text[scan.at] ?? '';
    if (character === stop) {
      scan.at += 1;
      addBlank();
      return { result, words };
    }
    const { nested } = scan;
    if (character === '$') {
      const value = readVariable(scan);
      if (scan.nested !== nested) word = '';
      result += value;
      for (const [index, part] of value.split(space).entries()) {
        if (index > 0) addBlank();
        word += part;
      }
      continue;
    }
    let piece: string;
    if (character === "'" || character === '"') piece = readQuoted(scan, character);
    else if (character === '<') piece = readRedirection(scan);
    else if (character === rules.escapeToken) piece = readEscaped(scan);
    else {
      scan.at += 1;
      result += character;
      if (space.test(character)) addBlank();
      else word += character;
      continue;
    }
    result += piece;
    // BuildKit's lexer forgets the word so far when a substitution holds text of its own.
    word = scan.nested === nested ? word + piece : piece;
  }
  if (stop !== null) throw new ExpansionFault(`the closing ${stop} is missing`);
  addBlank();
  return { result, words };
}

function readEscaped(scan: Scan): string {
  const next = scan.text[scan.at + 1] ?? '';
  const kept = scan.keepEscapes ? scan.rules.escapeToken : '';
  scan.at += 2;
  return kept + next;
}

/** Blanks may stand between << and the word of a heredoc: they belong to it. */
function readRedirection(scan: Scan): string {
  if (scan.text[scan.at + 1] !== '<') {
    scan.at += 1;
    return '<';
  }
  const start = scan.at;
  scan.at += 2;
  while (/^[\t\r ]$/.test(scan.text[scan.at] ?? '')) scan.at += 1;
  return scan.text.slice(start, scan.at);
}

function readQuoted(scan: Scan, quote: string): string {
  const { text, rules } = scan;
  const kept = rules.keepQuotes === true ? quote : '';
  let result = kept;
  scan.at += 1;
  while (scan.at < text.length) {
    const character = text[scan.at] ?? '';
    if (character === quote) {
      scan.at += 1;
      return result + kept;
    }
    if (quote === '"' && character === '$') {
      result += readVariable(scan);
      continue;
    }
    scan.at += 1;
    if (quote === '"' && character === rules.escapeToken) {
      const next = text[scan.at] ?? '';
      if (scan.keepEscapes) result += character;
      if (next === '"' || next === '$' || next === rules.escapeToken) {
        result += next;
        scan.at += 1;
      } else if (next !== '') result += character;
      continue;
    }
    result += character;
  }
  throw new ExpansionFault(`the closing ${quote} is missing`);
}
