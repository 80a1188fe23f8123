// Numbers for texts: the same one for the same text, told by 64 bits of a hash, 20 bytes each whatever their length.
import { randomInt } from 'node:crypto';
import { widerInts } from './columns.js';

/** Of a text that may be read in parts. */
export interface TextHash {
  low: number;
  high: number;
}

export interface TextTable {
  /** -1 when it was never added. */
  find(hash: TextHash): number;
  /** From 0 in the order in which they came. */
  add(hash: TextHash): number;
  readonly length: number;
}

/** Whoever writes an image cannot know which of its texts would meet. */
const seeds = [randomInt(2 ** 31), randomInt(2 ** 31)] as const;

export function emptyHash(): TextHash {
  return { low: seeds[0], high: seeds[1] };
}

/** Reads on with a part of a text. */
export function takeText(hash: TextHash, text: string, from = 0, to = text.length): TextHash {
  let { low, high } = hash;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 0x9e3779b1);
    low ^= low >>> 15;
    high = Math.imul(high + code, 0x85ebca77) ^ (high >>> 13);
  }
  hash.low = low;
  hash.high = high;
  return hash;
}

/** Open addressing, at most half full. */
export function createTextTable(): TextTable {
  let lows = new Int32Array(64);
  let highs = new Int32Array(64);
  let slots = new Int32Array(128).fill(-1);
  let length = 0;
  const slotOf = (low: number, high: number): number => {
    const mask = slots.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const place = slots[slot] ?? -1;
      if (place < 0 || (lows[place] === low && highs[place] === high)) return slot;
    }
  };
  const grow = (): void => {
    lows = widerInts(lows, length * 2);
    highs = widerInts(highs, length * 2);
    slots = widerInts(slots, slots.length * 2).fill(-1);
    for (let place = 0; place < length; place += 1)
      slots[slotOf(lows[place] ?? 0, highs[place] ?? 0)] = place;
  };
  return {
    get length() {
      return length;
    },
    find: ({ low, high }) => slots[slotOf(low, high)] ?? -1,
    add({ low, high }) {
      const slot = slotOf(low, high);
      const known = slots[slot] ?? -1;
      if (known >= 0) return known;
      const place = length;
      slots[slot] = place;
      lows[place] = low;
      highs[place] = high;
      length += 1;
      if (length === lows.length) grow();
      return place;
    },
  };
}
