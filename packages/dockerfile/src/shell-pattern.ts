// Patterns of ${name#pattern}, ${name%pattern} and ${name/pattern/text}: * and ?, without brackets.

interface Trim {
  readonly pattern: string;
  readonly side: 'start' | 'end';
  readonly longest: boolean;
}

interface Replacement {
  readonly pattern: string;
  readonly replacement: string;
  readonly all: boolean;
  /** Characters the result may have. */
  readonly limit: number;
}

/** One place of a pattern: a character, any one, or any number of any. */
type Token = { readonly literal: string } | '?' | '*';

/** Comparisons that one use may take: no file needs more, and none may take the time of millions. */
const mostWork = 4_000_000;

/** The value without the part that matches at its start or end; null for a pattern that cannot be used. */
export function trimPattern(value: string, { pattern, side, longest }: Trim): string | null {
  const tokens = readPattern(pattern);
  if (tokens === null || tokens.length * value.length > mostWork) return null;
  const forward = side === 'start';
  const characters = forward ? [...value] : [...value].reverse();
  const length = matchLength(characters, 0, { tokens: forward ? tokens : tokens.toReversed(), longest });
  const kept = length === null ? characters : characters.slice(length);
  return (forward ? kept : kept.reverse()).join('');
}

/** The value with the first match, or all, replaced; null for a pattern that cannot be used. */
export function replacePattern(
  value: string,
  { pattern, replacement, all, limit }: Replacement,
): string | null {
  const tokens = readPattern(pattern);
  if (tokens === null) return null;
  const characters = [...value];
  let work = mostWork;
  let result = '';
  let at = 0;
  while (at <= characters.length) {
    work -= tokens.length * (characters.length - at + 1);
    if (work < 0 || result.length > limit) return null;
    const length = matchLength(characters, at, { tokens, longest: true });
    if (length === null || (length === 0 && at === characters.length && at > 0)) {
      result += characters[at] ?? '';
      at += 1;
      continue;
    }
    result += replacement;
    if (length === 0) result += characters[at] ?? '';
    at += Math.max(length, 1);
    if (!all) return result + characters.slice(at).join('');
  }
  return result;
}

/** An escape is allowed before *, ?, the escape itself, and what ends the substitution. */
function readPattern(pattern: string): readonly Token[] | null {
  const tokens: Token[] = [];
  const characters = [...pattern];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? '';
    if (character === '*' || character === '?') tokens.push(character);
    else if (character === '\\') {
      at += 1;
      const next = characters[at] ?? '';
      if (!/^[*?\\}/]$/.test(next)) return null;
      tokens.push({ literal: next });
    } else tokens.push({ literal: character });
  }
  return tokens;
}

/** How many characters from `start` match; all states of the pattern go along at once, so no pattern is slow. */
function matchLength(
  characters: readonly string[],
  start: number,
  { tokens, longest }: { readonly tokens: readonly Token[]; readonly longest: boolean },
): number | null {
  let states = withStars(new Set([0]), tokens);
  let best: number | null = null;
  for (let at = start; ; at += 1) {
    if (states.has(tokens.length)) {
      best = at - start;
      if (!longest) return best;
    }
    const character = characters[at];
    if (character === undefined || states.size === 0) return best;
    const next = new Set<number>();
    for (const state of states) {
      const token = tokens[state];
      if (token === '*') next.add(state);
      else if (token !== undefined && (token === '?' || token.literal === character)) next.add(state + 1);
    }
    states = withStars(next, tokens);
  }
}

/** A star may also stand for nothing. */
function withStars(states: Set<number>, tokens: readonly Token[]): Set<number> {
  for (const state of states) if (tokens[state] === '*') states.add(state + 1);
  return states;
}
