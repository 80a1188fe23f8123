// Where the frames of a zstd file end (RFC 8878, section 3.1). Node's decompressor takes the first frame for the whole
// file unless each write ends with one (measured with 24.21), and zstd:chunked layers have a frame for each file.
import { failure } from './failures.js';

/** Cuts the bytes of a file so that no piece reaches beyond its frame; frames to be skipped are left out. */
export type SplitFrames = (chunk: Buffer) => readonly Buffer[];

const magic = 0xfd2fb528;
const magicBytes = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** The splitter throws ActionError `layer-damaged` for what is no frame. */
export function createFrameSplitter(): SplitFrames {
  const splitter = new Splitter();
  return (chunk) => splitter.split(chunk);
}

type Part = 'magic' | 'descriptor' | 'block' | 'skipped';
const lengths: Readonly<Record<Part, number>> = { magic: 4, descriptor: 1, block: 3, skipped: 4 };

class Splitter {
  readonly #field = Buffer.alloc(4);
  #have = 0;
  #part: Part = 'magic';
  /** Bytes of content before the next field. */
  #left = 0;
  #checksum = 0;
  /** Whether the frame ends with what is left, and whether it is to be left out. */
  #frame: { readonly last: boolean; readonly skip: boolean } = { last: false, skip: false };

  split(chunk: Buffer): readonly Buffer[] {
    const pieces: Buffer[] = [];
    let start = 0;
    let at = 0;
    const cut = (): void => {
      if (!this.#frame.skip && this.#part !== 'magic' && at > start) pieces.push(chunk.subarray(start, at));
      start = at;
    };
    while (at < chunk.length) {
      if (this.#left > 0) {
        const length = Math.min(this.#left, chunk.length - at);
        this.#left -= length;
        at += length;
      } else {
        this.#field[this.#have++] = chunk[at++] ?? 0;
        if (this.#have < lengths[this.#part]) continue;
        this.#have = 0;
        if (this.#readField()) {
          pieces.push(magicBytes);
          start = at;
        }
      }
      if (this.#frame.last && this.#left === 0) {
        cut();
        this.#endFrame();
      }
    }
    cut();
    return pieces;
  }

  /** True when it was the magic of a frame, which is passed on only now that it is known to be one. */
  #readField(): boolean {
    const value = this.#field.readUIntLE(0, lengths[this.#part]);
    switch (this.#part) {
      case 'magic':
        return this.#startFrame(value);
      case 'skipped':
        this.#left = value;
        this.#frame = { last: true, skip: true };
        return false;
      case 'descriptor':
        this.#left = headerRest(value);
        this.#checksum = (value & 4) === 0 ? 0 : 4;
        this.#part = 'block';
        return false;
      case 'block':
        this.#startBlock(value);
        return false;
    }
  }

  #startFrame(found: number): boolean {
    const skip = (found & 0xfffffff0) >>> 0 === 0x184d2a50;
    if (!skip && found !== magic) throw notZstd();
    this.#frame = { last: false, skip };
    this.#part = skip ? 'skipped' : 'descriptor';
    return !skip;
  }

  #startBlock(header: number): void {
    const type = (header >> 1) & 3;
    if (type === 3) throw notZstd();
    const last = (header & 1) === 1;
    this.#frame = { last, skip: false };
    // A run is one byte, whatever it grows to.
    this.#left = (type === 1 ? 1 : header >> 3) + (last ? this.#checksum : 0);
  }

  #endFrame(): void {
    this.#part = 'magic';
    this.#frame = { last: false, skip: false };
  }
}

/** Bytes of a frame's header behind its descriptor: window, dictionary and content size. */
function headerRest(descriptor: number): number {
  const single = (descriptor >> 5) & 1;
  const sizes = [single, 2, 4, 8][descriptor >> 6] ?? 0;
  return 1 - single + ([0, 1, 2, 4][descriptor & 3] ?? 0) + sizes;
}

function notZstd(): Error {
  return failure('layer-damaged', 'A zstd file was expected, but something else follows its frames.');
}
