// gzip unpacked as it comes by, in memory that stays the same: no library does without an array for each piece, and the
// collector lets 64 MB of those lie about. Checksums are not looked at: who searches loses nothing by a wrong one.
import { BitReader } from './bit-reader.js';
import { type BlockCodes, readCodes } from './block-codes.js';
import { distanceBases, fixedDistances, fixedLengths, lengthBases, lengthBits } from './deflate-tables.js';
import { headerLength } from './gzip-header.js';
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
  readonly #codes: BlockCodes = { literals: makeCodes(), distances: makeCodes(), lengths: makeCodes() };

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
        return this.#readSymbols();
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

  #readHeader(): boolean {
    const { input, at, end } = this.#bits;
    const length = headerLength(input, at, end);
    if (length === 'none') return this.#stop();
    if (length === 'more') return false;
    this.#bits.at += length;
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
        setCodes(this.#codes.literals, fixedLengths);
        setCodes(this.#codes.distances, fixedDistances);
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
    if (!readCodes(this.#bits, this.#codes)) return this.#stop();
    this.#state = 'codes';
    return true;
  }

  #readSymbols(): boolean {
    while (this.#bits.left() >= symbolBytes) {
      this.#window.makeRoom();
      const symbol = this.#bits.symbol(this.#codes.literals);
      if (symbol < 0 || symbol > 285) return this.#stop();
      if (symbol === 256) return this.#endBlock();
      if (symbol < 256) this.#window.add(symbol);
      else if (!this.#repeat(symbol - 257)) return this.#stop();
    }
    return false;
  }

  #repeat(kind: number): boolean {
    const length = (lengthBases[kind] ?? 0) + this.#bits.take(lengthBits[kind] ?? 0);
    const from = this.#bits.symbol(this.#codes.distances);
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
