// The head of a gzip member (RFC 1952, 2.3).

/** File names and comments that are longer are no reason to wait. */
const longestHeader = 1 << 17;

/**
 * Ten bytes, and up to four parts that flags announce.
 * @returns its bytes, `more` when it goes on behind `end`, `none` when it is no gzip
 */
export function headerLength(input: Buffer, start: number, end: number): number | 'more' | 'none' {
  if (end - start < 12) return 'more';
  const flags = input[start + 3] ?? 0;
  if (input.readUInt16LE(start) !== 0x8b1f || input[start + 2] !== 8 || (flags & 0xe0) !== 0) return 'none';
  let at = start + 10;
  if ((flags & 4) !== 0) at += 2 + input.readUInt16LE(at);
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const zero = at < end ? input.indexOf(0, at) : -1;
    at = zero < 0 || zero >= end ? end + 1 : zero + 1;
  }
  if ((flags & 2) !== 0) at += 2;
  if (at > end) return end - start > longestHeader ? 'none' : 'more';
  return at - start;
}
