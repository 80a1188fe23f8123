// The codes that a deflate block brings along (RFC 1951, 3.2.7).
import type { BitReader } from './bit-reader.js';
import { lengthOrder } from './deflate-tables.js';
import { type Codes, setCodes } from './huffman.js';

export interface BlockCodes {
  readonly literals: Codes;
  readonly distances: Codes;
  /** Of the lengths that the two others are made of. */
  readonly lengths: Codes;
}

/** Sets all three; false when they are none. */
export function readCodes(bits: BitReader, codes: BlockCodes): boolean {
  const [literals, distances, count] = [bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4];
  const own = new Uint8Array(19);
  for (const place of lengthOrder.slice(0, count)) own[place] = bits.take(3);
  if (literals > 286 || !setCodes(codes.lengths, own)) return false;
  const all = new Uint8Array(literals + distances);
  for (let at = 0; at < all.length; ) {
    const symbol = bits.symbol(codes.lengths);
    if (symbol < 0) return false;
    const [times, value] = symbol < 16 ? [1, symbol] : repetition(bits, symbol, all[at - 1]);
    if (at + times > all.length || value === undefined) return false;
    all.fill(value, at, at + times);
    at += times;
  }
  const [first, second] = [all.subarray(0, literals), all.subarray(literals)];
  return setCodes(codes.literals, first) && setCodes(codes.distances, second);
}

function repetition(
  bits: BitReader,
  symbol: number,
  before: number | undefined,
): readonly [times: number, value: number | undefined] {
  if (symbol === 16) return [3 + bits.take(2), before];
  return [symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7), 0];
}
