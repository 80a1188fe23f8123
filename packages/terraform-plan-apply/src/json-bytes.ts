// The bytes that mean something in JSON text; all of them are ASCII, so they never occur inside another character.

export const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a] as const;
export const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d] as const;
export const lineFeed = 0x0a;

/** Where a scan stands in a string. */
export interface StringState {
  open: boolean;
  escaped: boolean;
}

/** Moves on by one byte of an open string; `open` is false after the quote that ends it. */
export function stepString(state: StringState, byte: number): void {
  if (state.escaped) state.escaped = false;
  else if (byte === backslash) state.escaped = true;
  else if (byte === quote) state.open = false;
}

/** Most of a plan is text: the first byte from `from` on that means something inside it. */
export function endOfPlainText(chunk: Uint8Array, from: number): number {
  let index = from;
  while (index < chunk.length && chunk[index] !== quote && chunk[index] !== backslash) index += 1;
  return index;
}

export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === lineFeed || byte === 0x0d || byte === 0x09;
}
