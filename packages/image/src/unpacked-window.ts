// What was unpacked last, which deflate may repeat, and what of it was not given out yet.

const repeatable = 1 << 15;
const given = 1 << 16;
const longestCopy = 258;

export class UnpackedWindow {
  readonly #onBytes: (bytes: Uint8Array) => void;
  readonly #bytes = new Uint8Array(repeatable + given + longestCopy);
  #written = 0;
  #given = 0;
  #total = 0;

  constructor(onBytes: (bytes: Uint8Array) => void) {
    this.#onBytes = onBytes;
  }

  /** Nothing before may be repeated any more. */
  begin(): void {
    this.#total = 0;
  }

  forget(): void {
    this.#written = this.#given = this.#total = 0;
  }

  add(byte: number): void {
    this.#bytes[this.#written] = byte;
    this.#written += 1;
    this.#total += 1;
  }

  /** False when so much was never unpacked. */
  repeat(length: number, distance: number): boolean {
    if (distance > this.#total) return false;
    const [bytes, start] = [this.#bytes, this.#written];
    for (let at = start; at < start + length; at += 1) bytes[at] = bytes[at - distance] ?? 0;
    this.#written += length;
    this.#total += length;
    return true;
  }

  /** @returns how many of the bytes it took */
  store(bytes: Uint8Array): number {
    this.makeRoom();
    const taken = bytes.subarray(0, this.#bytes.length - this.#written);
    this.#bytes.set(taken, this.#written);
    this.#written += taken.length;
    this.#total += taken.length;
    return taken.length;
  }

  /** For one symbol at least. */
  makeRoom(): void {
    if (this.#written < repeatable + given) return;
    this.give();
    this.#bytes.copyWithin(0, this.#written - repeatable, this.#written);
    this.#written = this.#given = repeatable;
  }

  give(): void {
    if (this.#written > this.#given) this.#onBytes(this.#bytes.subarray(this.#given, this.#written));
    this.#given = this.#written;
  }
}
