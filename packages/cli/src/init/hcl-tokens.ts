// The words, texts and marks of HCL; comments and blanks left out, line breaks kept. Total.

export type Token =
  | {
      readonly kind: 'word' | 'text' | 'mark';
      readonly text: string;
      readonly at: number;
      readonly end: number;
    }
  | { readonly kind: 'line'; readonly text: string; readonly at: number; readonly end: number };

const patterns = [
  ['skip', /(?:[ \t\r\f\v\uFEFF]+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))/y],
  ['line', /\n/y],
  ['text', /"(?:[^"\\\n]|\\[^\n])*"?/y],
  ['word', /[\p{L}_][\p{L}\p{N}_.-]*/uy],
] as const;
const heredoc = /<<-?([\p{L}_][\p{L}\p{N}_.-]*)[ \t\r]*\n/uy;

export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const end = heredocEnd(text, at);
    if (end !== null) {
      tokens.push({ kind: 'text', text: text.slice(at, end), at, end });
      at = end;
      continue;
    }
    const token = tokenAt(text, at);
    if (token.kind !== 'skip') tokens.push({ ...token, kind: token.kind, at });
    at = token.end;
  }
  return tokens;
}

function tokenAt(
  text: string,
  at: number,
): { readonly kind: Token['kind'] | 'skip'; text: string; end: number } {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined && found !== '') return { kind, text: found, end: at + found.length };
  }
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  return { kind: 'mark', text: character, end: at + character.length };
}

/** Where a heredoc that begins here ends; null where none begins. */
function heredocEnd(text: string, at: number): number | null {
  heredoc.lastIndex = at;
  const found = heredoc.exec(text);
  if (found === null) return null;
  let line = at + found[0].length;
  while (line < text.length) {
    const next = text.indexOf('\n', line);
    const end = next < 0 ? text.length : next;
    if (text.slice(line, end).trim() === found[1]) return end;
    line = end + 1;
  }
  return text.length;
}
