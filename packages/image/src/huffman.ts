// Codes of deflate (RFC 1951, 3.2.2): a table that the next bits point into, used again for block after block.

export interface Codes {
  /** By the next `bits` bits: symbol times 16, and how many of the bits it takes; 0 where no code begins so. */
  readonly table: Uint16Array;
  bits: number;
}

const longest = 15;

export function makeCodes(): Codes {
  return { table: new Uint16Array(1 << longest), bits: 0 };
}

/** @returns false when the lengths belong to no set of codes */
export function setCodes(codes: Codes, lengths: Uint8Array): boolean {
  const counts = new Uint16Array(longest + 1);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  let bits = longest;
  while (bits > 1 && counts[bits] === 0) bits -= 1;
  const next = new Uint16Array(longest + 2);
  let code = 0;
  for (let length = 1; length <= longest; length += 1) {
    next[length] = code;
    code += counts[length] ?? 0;
    if (code > 1 << length) return false;
    code <<= 1;
  }
  codes.bits = bits;
  codes.table.fill(0, 0, 1 << bits);
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue;
    const own = next[length] ?? 0;
    next[length] = own + 1;
    for (let at = reversed(own, length); at < 1 << bits; at += 1 << length)
      codes.table[at] = (symbol << 4) | length;
  }
  return true;
}

/** Codes come with their first bit last. */
function reversed(code: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit += 1) result |= ((code >> bit) & 1) << (length - 1 - bit);
  return result;
}
