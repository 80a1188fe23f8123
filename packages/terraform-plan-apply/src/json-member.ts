// The value of one root member, found in bytes as they come and handed over in the way that was chosen for it.
import {
  closeBrace,
  closeBracket,
  comma,
  endOfPlainText,
  isSpace,
  openBrace,
  openBracket,
  quote,
  type StringState,
  stepString,
} from './json-bytes.js';
import { type Capture, createCapture } from './json-capture.js';

/** What is wanted of one root member. */
export type Taking =
  | { readonly kind: 'value'; take(value: unknown): void }
  /** Each element of an array alone; a value that is no array is taken whole, as one element. */
  | { readonly kind: 'elements'; take(value: unknown): void }
  /** The bytes of the value, in pieces. */
  | { readonly kind: 'bytes'; take(piece: Uint8Array): void }
  | { readonly kind: 'skip' };

export class MemberValue {
  #taking: Taking = { kind: 'skip' };
  /** Of members 1, of their elements 2. */
  #depth = 1;
  #started: boolean = false;
  readonly #string: StringState = { open: false, escaped: false };
  readonly #capture: Capture;

  /** @param limit bytes that one value or element may have to be parsed */
  constructor(limit: number) {
    this.#capture = createCapture(limit);
  }

  begin(taking: Taking): void {
    this.#taking = taking;
    this.#depth = 1;
  }

  /** Reads on from `from`; returns where the comma or brace after the value is, or the chunk's length before it. */
  read(chunk: Uint8Array, from: number): number {
    /** The first byte of this chunk that belongs to the value; -1 before it. */
    let first = -1;
    let index = from;
    for (; index < chunk.length; index += 1) {
      if (this.#string.open && !this.#string.escaped) {
        if (first < 0) first = index;
        index = endOfPlainText(chunk, index);
        if (index === chunk.length) break;
      }
      const byte = chunk[index] ?? 0;
      if (this.#isEnd(byte)) {
        this.#hand(chunk, first, index);
        first = -1;
        if (this.#end(byte)) return index;
      } else if (this.#belongs(byte) && first < 0) first = index;
    }
    this.#hand(chunk, first, index);
    return index;
  }

  #isEnd(byte: number): boolean {
    if (this.#string.open || (byte !== comma && !isClosing(byte))) return false;
    return this.#depth === (this.#taking.kind === 'elements' ? 2 : 1);
  }

  /** Whether the member has ended, and not just one of its elements. */
  #end(byte: number): boolean {
    const { kind } = this.#taking;
    if (this.#started && (kind === 'value' || kind === 'elements')) this.#taking.take(this.#capture.parse());
    this.#capture.clear();
    this.#started = false;
    if (this.#depth === 1) return true;
    if (byte !== comma) this.begin({ kind: 'skip' });
    return false;
  }

  /** Moves on by one byte; false for what stands before a value. */
  #belongs(byte: number): boolean {
    if (this.#string.open) stepString(this.#string, byte);
    else {
      if (!this.#started && (isSpace(byte) || this.#opensElements(byte))) return false;
      this.#started = true;
      if (byte === quote) this.#string.open = true;
      else if (byte === openBrace || byte === openBracket) this.#depth += 1;
      else if (isClosing(byte)) this.#depth -= 1;
    }
    return true;
  }

  #opensElements(byte: number): boolean {
    if (this.#taking.kind !== 'elements' || this.#depth !== 1) return false;
    if (byte === openBracket) this.#depth = 2;
    else this.#taking = { kind: 'value', take: this.#taking.take };
    return this.#depth === 2;
  }

  #hand(chunk: Uint8Array, from: number, to: number): void {
    if (from < 0) return;
    const piece = chunk.subarray(from, to);
    if (this.#taking.kind === 'bytes') this.#taking.take(piece);
    else if (this.#taking.kind !== 'skip') this.#capture.append(piece);
  }
}

function isClosing(byte: number): boolean {
  return byte === closeBrace || byte === closeBracket;
}
