// The bits of deflate as they come by: the lowest of each byte first (RFC 1951, 3.1.1).
import type { Codes } from './huffman.js';

export class BitReader {
  input: Buffer = Buffer.alloc(1 << 15);
  /** Of the next byte that no bit was taken from. */
  at = 0;
  end = 0;
  #bits = 0;
  #count = 0;

  reset(): void {
    this.at = this.end = 0;
    this.drop();
  }

  drop(): void {
    this.#bits = this.#count = 0;
  }

  /** Copies what it gets behind what is left. */
  append(bytes: Uint8Array): void {
    this.input.copyWithin(0, this.at, this.end);
    this.end -= this.at;
    this.at = 0;
    if (this.input.length < this.end + bytes.length)
      this.input = Buffer.concat([this.input], this.end + bytes.length);
    this.input.set(bytes, this.end);
    this.end += bytes.length;
  }

  left(): number {
    return this.end - this.at;
  }

  take(count: number): number {
    this.#fill();
    const value = this.#bits & ((1 << count) - 1);
    this.#bits >>>= count;
    this.#count -= count;
    return value;
  }

  /** -1 where no code begins with the next bits. */
  symbol({ table, bits }: Codes): number {
    this.#fill();
    const found = table[this.#bits & ((1 << bits) - 1)] ?? 0;
    if (found === 0) return -1;
    this.#bits >>>= found & 15;
    this.#count -= found & 15;
    return found >> 4;
  }

  /** Gives whole bytes back that were taken ahead, and drops what is left of one. */
  align(): void {
    this.at -= this.#count >> 3;
    this.drop();
  }

  /** At least 25 bits: nothing takes more at once. */
  #fill(): void {
    while (this.#count <= 24) {
      this.#bits |= (this.input[this.at] ?? 0) << this.#count;
      this.at += 1;
      this.#count += 8;
    }
  }
}
