// Reads the root members of a JSON object from bytes as they come, so that a plan of any size needs little memory.
import {
  closeBrace,
  colon,
  comma,
  lineFeed,
  openBrace,
  quote,
  type StringState,
  stepString,
} from './json-bytes.js';
import { type Capture, createCapture } from './json-capture.js';
import { MemberValue, type Taking } from './json-member.js';

export interface JsonScanner {
  write(chunk: Uint8Array): void;
  /** @throws {SyntaxError} when the object has not ended. */
  end(): void;
}

/**
 * Scans for one object that begins at the start of a line; what stands before and after it is passed over.
 * `limit` is the number of bytes that one value or element may have to be parsed.
 * @throws {SyntaxError} from `write` for a value that is not JSON or is larger than `limit`.
 */
export function createJsonScanner(choose: (name: string) => Taking, limit: number): JsonScanner {
  return new RootObject(choose, limit);
}

class RootObject implements JsonScanner {
  #phase: 'before' | 'key' | 'colon' | 'value' | 'after' = 'before';
  #lineStart: boolean = true;
  readonly #string: StringState = { open: false, escaped: false };
  readonly #choose: (name: string) => Taking;
  readonly #key: Capture;
  readonly #value: MemberValue;

  constructor(choose: (name: string) => Taking, limit: number) {
    this.#choose = choose;
    this.#key = createCapture(limit);
    this.#value = new MemberValue(limit);
  }

  write(chunk: Uint8Array): void {
    for (let index = 0; index < chunk.length && this.#phase !== 'after'; index += 1) {
      if (this.#phase === 'value') index = this.#value.read(chunk, index);
      const byte = chunk[index];
      if (byte !== undefined) this.#step(byte);
    }
  }

  end(): void {
    if (this.#phase !== 'after') throw new SyntaxError('a JSON object was expected, it ends too early');
  }

  #step(byte: number): void {
    if (this.#phase === 'before') {
      if (this.#lineStart && byte === openBrace) this.#phase = 'key';
      this.#lineStart = byte === lineFeed;
    } else if (this.#phase === 'key') {
      if (this.#string.open) this.#stepKey(byte);
      else if (byte === quote) this.#string.open = true;
      else if (byte === closeBrace) this.#phase = 'after';
    } else if (this.#phase === 'colon') {
      if (byte === colon) this.#phase = 'value';
    } else {
      this.#phase = byte === comma ? 'key' : 'after';
    }
  }

  #stepKey(byte: number): void {
    stepString(this.#string, byte);
    if (this.#string.open) {
      this.#key.append(Uint8Array.of(byte));
      return;
    }
    this.#value.begin(this.#choose(String(JSON.parse(`"${this.#key.text()}"`))));
    this.#key.clear();
    this.#phase = 'colon';
  }
}
