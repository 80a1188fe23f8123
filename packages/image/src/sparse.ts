// Sparse files: the archive holds the written pieces only, a file system shows zeros between them (GNU tar manual,
// "Storing Sparse Files": the old GNU format and PAX formats 0.0, 0.1 and 1.0).
import { type PaxRecords, paxNumber, paxValue } from './pax.js';
import { blockSize, damaged, readNumber } from './tar-header.js';

/** Where a file's content goes while it is read. */
export interface ContentSink {
  data(chunk: Buffer): void;
  end(): void;
}

export interface SparsePiece {
  readonly offset: number;
  readonly length: number;
}

const mostPieces = 100_000;
/** Bytes before the content: `mostPieces` pairs of long numbers, and what came with them. */
const longestMap = 8 * 1024 * 1024;
const zeros = Buffer.alloc(1 << 16);

/** `count` pairs of an old GNU header or of one of its extension blocks; pairs without length are padding. */
export function readGnuPieces(block: Buffer, start: number, count: number): readonly SparsePiece[] {
  return Array.from({ length: count }, (_, index) => ({
    offset: readNumber(block, start + index * 24, 12),
    length: readNumber(block, start + index * 24 + 12, 12),
  })).filter((piece) => piece.length > 0);
}

/** How a PAX header says that its file is sparse; null for one that is not. @throws ActionError `layer-damaged` */
export function readPaxSparse(
  records: PaxRecords,
): { readonly realSize: number; readonly pieces: readonly SparsePiece[] | 'in-body' } | null {
  if (paxValue(records, 'GNU.sparse.major') === '1') {
    return { realSize: paxNumber(records, 'GNU.sparse.realsize') ?? 0, pieces: 'in-body' };
  }
  const realSize = paxNumber(records, 'GNU.sparse.size');
  if (realSize === null) return null;
  const map = paxValue(records, 'GNU.sparse.map');
  const numbers =
    map === null
      ? records.filter(([key]) => /^GNU\.sparse\.(offset|numbytes)$/.test(key)).map(([, value]) => value)
      : map.split(',');
  return { realSize, pieces: pair(numbers) };
}

function pair(numbers: readonly string[]): readonly SparsePiece[] {
  if (numbers.length % 2 !== 0 || numbers.some((one) => !/^[0-9]{1,15}$/.test(one))) {
    throw damaged('a sparse file has a broken map');
  }
  return Array.from({ length: numbers.length / 2 }, (_, index) => ({
    offset: Number(numbers[index * 2]),
    length: Number(numbers[index * 2 + 1]),
  }));
}

/** Passes stored bytes on as the whole file. @throws ActionError `layer-damaged` when the map cannot be right */
export function expandSparse(
  pieces: readonly SparsePiece[],
  realSize: number,
  sink: ContentSink,
): ContentSink {
  if (pieces.length > mostPieces) throw damaged(`a sparse file has more than ${mostPieces} pieces`);
  let at = 0;
  let index = 0;
  const fill = (end: number): void => {
    if (end < at || end > realSize) throw damaged('the pieces of a sparse file overlap');
    for (; at < end; at += Math.min(zeros.length, end - at)) {
      sink.data(zeros.subarray(0, Math.min(zeros.length, end - at)));
    }
  };
  let left = 0;
  return {
    data(chunk) {
      for (let from = 0; from < chunk.length; ) {
        if (left === 0) {
          const piece = pieces[index++];
          if (piece === undefined) throw damaged('a sparse file holds more than its map says');
          fill(piece.offset);
          left = piece.length;
        }
        const length = Math.min(left, chunk.length - from);
        if (at + length > realSize) throw damaged('a sparse file is longer than it says');
        if (length > 0) sink.data(chunk.subarray(from, from + length));
        at += length;
        from += length;
        left -= length;
      }
    },
    end() {
      if (left > 0 || pieces.slice(index).some((piece) => piece.length > 0)) {
        throw damaged('a sparse file holds less than its map says');
      }
      fill(realSize);
      sink.end();
    },
  };
}

/** PAX 1.0: the map stands before the content, as decimal lines padded to a block. */
export function expandMapped(realSize: number, sink: ContentSink): ContentSink {
  let head = Buffer.alloc(0);
  let content: ContentSink | null = null;
  return {
    data(chunk) {
      if (content !== null) {
        content.data(chunk);
        return;
      }
      head = Buffer.concat([head, chunk]);
      if (head.length > longestMap) throw damaged('the map of a sparse file does not end');
      const map = readMap(head);
      if (map === null) return;
      content = expandSparse(map.pieces, realSize, sink);
      content.data(head.subarray(map.length));
    },
    end() {
      if (content === null) throw damaged('a sparse file has no whole map');
      content.end();
    },
  };
}

/** Null until enough has come. */
function readMap(head: Buffer): { readonly pieces: readonly SparsePiece[]; readonly length: number } | null {
  const first = head.indexOf(0x0a);
  if (first < 0 && head.length < 32) return null;
  const count = /^[0-9]{1,6}$/.exec(head.toString('latin1', 0, Math.max(first, 0)))?.[0];
  if (count === undefined || Number(count) > mostPieces) throw damaged('a sparse file has a broken map');
  const numbers: string[] = [];
  let at = first + 1;
  while (numbers.length < Number(count) * 2) {
    const end = head.indexOf(0x0a, at);
    if (end < 0) return null;
    numbers.push(head.toString('latin1', at, end));
    at = end + 1;
  }
  const length = Math.ceil(at / blockSize) * blockSize;
  return head.length < length ? null : { pieces: pair(numbers), length };
}
