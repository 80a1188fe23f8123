// gzip unpacked as it comes by, in memory that stays the same: no library does without an array for each piece, and the
// collector lets 64 MB of those lie about. Checksums are not looked at: who searches loses nothing by a wrong one.
import { BitReader } from './bit-reader.js';
import {
  distanceBases,
  fixedDistances,
  fixedLengths,
  lengthBases,
  lengthBits,
  lengthOrder,
} from './deflate-tables.js';
import { makeCodes, setCodes } from './huffman.js';
import { UnpackedWindow } from './unpacked-window.js';

export interface Gunzip {
  /**
   * Reads on; what it gets is copied.
   * @returns false when the file has ended, or is none; everything before was given out
   */
  push(bytes: Uint8Array): boolean;
  /** Begins anew. */
  reset(): void;
}

/** Bytes of a block's head with all lengths of its codes, and bytes that one symbol may take. */
const [headBytes, symbolBytes] = [640, 16];
const longestHeader = 1 << 17;

type State = 'header' | 'block' | 'stored' | 'codes' | 'trailer' | 'ended';

/** @param onBytes gets what is unpacked; valid during the call only */
export function createGunzip(onBytes: (bytes: Uint8Array) => void): Gunzip {
  return new Reader(onBytes);
}

class Reader implements Gunzip {
  readonly #bits = new BitReader();
  readonly #window: UnpackedWindow;
  #state: State = 'header';
  #last = 0;
  #stored = 0;
  readonly #literals = makeCodes();
  readonly #distances = makeCodes();
  readonly #lengths = makeCodes();

  constructor(onBytes: (bytes: Uint8Array) => void) {
    this.#window = new UnpackedWindow(onBytes);
  }

  reset(): void {
    this.#bits.reset();
    this.#window.forget();
    this.#state = 'header';
  }

  push(bytes: Uint8Array): boolean {
    this.#bits.append(bytes);
    while (this.#step());
    this.#window.give();
    return this.#state !== 'ended';
  }

  /** False when it needs more bytes, or has ended. */
  #step(): boolean {
    switch (this.#state) {
      case 'header':
        return this.#readHeader();
      case 'block':
        return this.#bits.left() >= headBytes && this.#readBlock();
      case 'stored':
        return this.#copyStored();
      case 'codes':
        return this.#readCodes();
      case 'trailer':
        return this.#readTrailer();
      case 'ended':
        return false;
    }
  }

  #stop(): false {
    this.#state = 'ended';
    return false;
  }

  /** RFC 1952, 2.3: ten bytes, and up to four parts that flags announce. */
  #readHeader(): boolean {
    const { input, at: start, end } = this.#bits;
    if (end - start < 12) return false;
    const flags = input[start + 3] ?? 0;
    if (input.readUInt16LE(start) !== 0x8b1f || input[start + 2] !== 8 || (flags & 0xe0) !== 0)
      return this.#stop();
    let at = start + 10;
    if ((flags & 4) !== 0) at += 2 + input.readUInt16LE(at);
    for (const flag of [8, 16]) {
      if ((flags & flag) === 0) continue;
      const zero = at < end ? input.indexOf(0, at) : -1;
      at = zero < 0 || zero >= end ? end + 1 : zero + 1;
    }
    if ((flags & 2) !== 0) at += 2;
    if (at > end) return end - start > longestHeader && this.#stop();
    this.#bits.at = at;
    this.#window.begin();
    this.#state = 'block';
    return true;
  }

  #readBlock(): boolean {
    this.#last = this.#bits.take(1);
    switch (this.#bits.take(2)) {
      case 0:
        return this.#startStored();
      case 1:
        setCodes(this.#literals, fixedLengths);
        setCodes(this.#distances, fixedDistances);
        this.#state = 'codes';
        return true;
      case 2:
        return this.#readLengths();
      default:
        return this.#stop();
    }
  }

  #startStored(): boolean {
    this.#bits.align();
    const { input, at } = this.#bits;
    this.#stored = input.readUInt16LE(at);
    if (this.#stored !== (input.readUInt16LE(at + 2) ^ 0xffff)) return this.#stop();
    this.#bits.at += 4;
    this.#state = 'stored';
    return true;
  }

  #readLengths(): boolean {
    const bits = this.#bits;
    const [literals, distances, count] = [bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4];
    const own = new Uint8Array(19);
    for (const place of lengthOrder.slice(0, count)) own[place] = bits.take(3);
    if (literals > 286 || !setCodes(this.#lengths, own)) return this.#stop();
    const all = new Uint8Array(literals + distances);
    for (let at = 0; at < all.length; ) {
      const symbol = bits.symbol(this.#lengths);
      if (symbol < 0) return this.#stop();
      const [times, value] = symbol < 16 ? [1, symbol] : this.#repetition(symbol, all[at - 1]);
      if (at + times > all.length || value === undefined) return this.#stop();
      all.fill(value, at, at + times);
      at += times;
    }
    const [first, second] = [all.subarray(0, literals), all.subarray(literals)];
    if (!setCodes(this.#literals, first) || !setCodes(this.#distances, second)) return this.#stop();
    this.#state = 'codes';
    return true;
  }

  #repetition(
    symbol: number,
    before: number | undefined,
  ): readonly [times: number, value: number | undefined] {
    if (symbol === 16) return [3 + this.#bits.take(2), before];
    return [symbol === 17 ? 3 + this.#bits.take(3) : 11 + this.#bits.take(7), 0];
  }

  #readCodes(): boolean {
    while (this.#bits.left() >= symbolBytes) {
      this.#window.makeRoom();
      const symbol = this.#bits.symbol(this.#literals);
      if (symbol < 0 || symbol > 285) return this.#stop();
      if (symbol === 256) return this.#endBlock();
      if (symbol < 256) this.#window.add(symbol);
      else if (!this.#repeat(symbol - 257)) return this.#stop();
    }
    return false;
  }

  #repeat(kind: number): boolean {
    const length = (lengthBases[kind] ?? 0) + this.#bits.take(lengthBits[kind] ?? 0);
    const from = this.#bits.symbol(this.#distances);
    if (from < 0 || from > 29) return false;
    const distance = (distanceBases[from] ?? 0) + this.#bits.take(Math.max(0, (from >> 1) - 1));
    return this.#window.repeat(length, distance);
  }

  #copyStored(): boolean {
    const { input, at, end } = this.#bits;
    const taken = this.#window.store(input.subarray(at, Math.min(end, at + this.#stored)));
    this.#bits.at += taken;
    this.#stored -= taken;
    return this.#stored === 0 ? this.#endBlock() : taken > 0;
  }

  #endBlock(): true {
    if (this.#last === 1) this.#bits.align();
    this.#state = this.#last === 1 ? 'trailer' : 'block';
    return true;
  }

  /** Another member may follow at once; anything else is the end. */
  #readTrailer(): boolean {
    if (this.#bits.left() < 11) return false;
    this.#bits.at += 8;
    const { input, at } = this.#bits;
    if (input[at] !== 0x1f || input[at + 1] !== 0x8b) return this.#stop();
    this.#state = 'header';
    return true;
  }
}
