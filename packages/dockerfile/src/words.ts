// Cutting an instruction into its word, its flags and its arguments. Source: BuildKit, parser/split_command.go.

const blanks = /[\t\v\f\r ]+/;
const space = /\s/;

export interface SplitInstruction {
  /** The instruction's word as written. */
  readonly word: string;
  /** `--name` and `--name=value`, quotes and escapes taken away. */
  readonly flags: readonly string[];
  readonly rest: string;
}

export function splitInstruction(line: string, escapeToken: string): SplitInstruction {
  const text = line.trim();
  const end = text.search(blanks);
  if (end < 0) return { word: text, flags: [], rest: '' };
  const flags: string[] = [];
  const rest = readFlags(text.slice(end), escapeToken, flags);
  return { word: text.slice(0, end), flags, rest: rest.trim() };
}

/** Splits at blanks, which line ends are not. */
export function splitBlanks(text: string): readonly string[] {
  return text === '' ? [] : text.split(blanks);
}

/** Collects words that begin with --, up to the first that does not; returns the remaining text. */
function readFlags(text: string, escapeToken: string, flags: string[]): string {
  let at = 0;
  for (;;) {
    while (at < text.length && space.test(text[at] ?? '')) at += 1;
    if (!text.startsWith('--', at)) return text.slice(at);
    const { word, end } = readFlag(text, at, escapeToken);
    at = end;
    if (word === '--') return text.slice(at);
    flags.push(word);
  }
}

function readFlag(
  text: string,
  start: number,
  escapeToken: string,
): { readonly word: string; readonly end: number } {
  let word = '';
  let quote = '';
  let at = start;
  for (; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (quote === '' && space.test(character)) break;
    if (quote === '' && (character === "'" || character === '"')) quote = character;
    else if (character === quote) quote = '';
    else if (character === escapeToken) {
      at += 1;
      word += text[at] ?? '';
    } else word += character;
  }
  return { word, end: at };
}

/** Words of ARG, ENV and LABEL: quotes and escapes stay in them. */
export function splitQuoted(text: string, escapeToken: string): readonly string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (quote === '' && space.test(character)) {
      if (word !== '') words.push(word);
      word = '';
      continue;
    }
    if (character === escapeToken && quote !== "'") {
      if (at + 1 === text.length) continue;
      at += 1;
      word += character + (text[at] ?? '');
      continue;
    }
    if (quote === '' && (character === "'" || character === '"')) quote = character;
    else if (character === quote) quote = '';
    word += character;
  }
  if (word !== '') words.push(word);
  return words;
}
