// A tar archive read as its bytes come by: nothing is kept but one header and the short texts that belong to it.
import { readPaxRecords } from './pax.js';
import { type ContentSink, expandSparse, readGnuPieces } from './sparse.js';
import {
  blockSize,
  damaged,
  isZeroBlock,
  readHeader,
  readNumber,
  readText,
  type TarHeader,
} from './tar-header.js';
import {
  contentSink,
  longestText,
  type Names,
  nameMember,
  type OnMember,
  type TarMember,
  textSink,
  unnamed,
} from './tar-member.js';

export interface TarReader {
  /** @throws ActionError `layer-damaged`, and whatever the handler throws */
  write(chunk: Buffer): void;
  /** @throws ActionError `layer-damaged` when the archive breaks off */
  end(): void;
}

export function createTarReader(onMember: OnMember): TarReader {
  return new Reader(onMember);
}

type Step = (block: Buffer) => void;

class Reader implements TarReader {
  readonly #onMember: OnMember;
  readonly #block = Buffer.alloc(blockSize);
  #filled = 0;
  /** What becomes of the next block. */
  #step: Step = (block) => this.#header(block);
  #body: ContentSink | null = null;
  #bodyLeft = 0;
  #paddingLeft = 0;
  #names: Names = unnamed;
  #zeroBlocks = 0;
  /** Bytes of the archive before the chunk at hand. */
  #before = 0;
  /** Where the block at hand begins in the archive, and the first header of its member. */
  #blockStart = 0;
  #memberStart = 0;

  constructor(onMember: OnMember) {
    this.#onMember = onMember;
  }

  write(chunk: Buffer): void {
    for (let at = 0; at < chunk.length && this.#zeroBlocks < 2; ) {
      if (this.#bodyLeft > 0) {
        const length = Math.min(this.#bodyLeft, chunk.length - at);
        this.#body?.data(chunk.subarray(at, at + length));
        this.#bodyLeft -= length;
        at += length;
        if (this.#bodyLeft === 0) this.#endBody();
      } else if (this.#paddingLeft > 0) {
        const length = Math.min(this.#paddingLeft, chunk.length - at);
        this.#paddingLeft -= length;
        at += length;
      } else if (this.#filled === 0 && chunk.length - at >= blockSize) {
        this.#blockStart = this.#before + at;
        this.#step(chunk.subarray(at, at + blockSize));
        at += blockSize;
      } else {
        const length = Math.min(blockSize - this.#filled, chunk.length - at);
        chunk.copy(this.#block, this.#filled, at, at + length);
        this.#filled = (this.#filled + length) % blockSize;
        at += length;
        this.#blockStart = this.#before + at - blockSize;
        if (this.#filled === 0) this.#step(this.#block);
      }
    }
    this.#before += chunk.length;
  }

  end(): void {
    const between = this.#filled === 0 && this.#bodyLeft === 0 && this.#paddingLeft === 0;
    if (!between || this.#names !== unnamed) throw damaged('it breaks off');
  }

  #header(block: Buffer): void {
    if (isZeroBlock(block)) {
      this.#zeroBlocks += 1;
      return;
    }
    if (this.#zeroBlocks > 0) throw damaged('a block of zeros stands between its members');
    if (this.#names === unnamed) this.#memberStart = this.#blockStart;
    const header = readHeader(block);
    switch (header.type) {
      case 'x':
        this.#describe(header, (body) => ({ records: readPaxRecords(body) }));
        break;
      case 'g':
        // Unpackers of images take nothing from global headers either.
        this.#describe(header, () => ({}));
        break;
      case 'L':
        this.#describe(header, (body) => ({ name: readText(body, 0, body.length) }));
        break;
      case 'K':
        this.#describe(header, (body) => ({ link: readText(body, 0, body.length) }));
        break;
      default:
        this.#member(header, block);
    }
  }

  #describe(header: TarHeader, read: (body: Buffer) => Partial<Names>): void {
    const take = (body: Buffer): void => {
      this.#names = header.type === 'g' ? this.#names : { ...this.#names, ...read(body) };
    };
    this.#startBody(header.size, textSink(header, take));
  }

  #member(header: TarHeader, block: Buffer): void {
    const names = this.#names;
    const named = { ...nameMember(header, names), offset: this.#memberStart };
    this.#names = unnamed;
    if (header.type === 'S') this.#oldSparse(named, block);
    else this.#startBody(named.size, contentSink(named, names, this.#onMember));
  }

  /** The old GNU form: four pieces in the header, more in blocks behind it. */
  #oldSparse(header: TarMember, block: Buffer): void {
    const pieces = [...readGnuPieces(block, 386, 4)];
    const realSize = readNumber(block, 483, 12);
    const start = (): void => {
      this.#step = (next) => this.#header(next);
      const sink = this.#onMember({ ...header, type: '0', size: realSize });
      this.#startBody(header.size, sink === null ? null : expandSparse(pieces, realSize, sink));
    };
    if (block[482] === 0) {
      start();
      return;
    }
    this.#step = (extension) => {
      pieces.push(...readGnuPieces(extension, 0, 21));
      if (pieces.length > longestText) throw damaged('the map of a sparse file does not end');
      if (extension[504] === 0) start();
    };
  }

  #startBody(size: number, body: ContentSink | null): void {
    this.#body = body;
    this.#bodyLeft = size;
    this.#paddingLeft = (blockSize - (size % blockSize)) % blockSize;
    if (size === 0) this.#endBody();
  }

  #endBody(): void {
    const body = this.#body;
    this.#body = null;
    body?.end();
  }
}
