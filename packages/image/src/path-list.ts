// Paths kept as bytes, each without what it shares with the one before: a tenth of what as many strings take.
import { makeBytes, widerBytes } from './columns.js';

/** So often a path is kept whole, from where the ones behind it are read. */
const restart = 64;
const longestShared = 0xffff;

export interface PathList {
  readonly length: number;
  add(path: string): void;
  /** Reads on from the one before where that was the one asked for last. */
  at(index: number): string;
}

export function createPathList(): PathList {
  let bytes = makeBytes(1 << 12);
  let size = 0;
  let length = 0;
  const starts: number[] = [];
  let last: Buffer = Buffer.alloc(0);
  const reader = { index: -1, at: 0, path: makeBytes(1 << 12), length: 0 };
  const read = (): void => {
    const shared = bytes.readUInt16LE(reader.at);
    const rest = bytes.readUInt16LE(reader.at + 2);
    if (reader.path.length < shared + rest) reader.path = widerBytes(reader.path, 2 * (shared + rest));
    bytes.copy(reader.path, shared, reader.at + 4, reader.at + 4 + rest);
    reader.length = shared + rest;
    reader.at += 4 + rest;
    reader.index += 1;
  };
  return {
    get length() {
      return length;
    },
    add(path) {
      const whole = Buffer.from(path);
      const shared = length % restart === 0 ? 0 : commonBytes(last, whole);
      const rest = whole.subarray(shared);
      if (bytes.length < size + 4 + rest.length) bytes = widerBytes(bytes, 2 * (size + 4 + rest.length));
      if (length % restart === 0) starts.push(size);
      bytes.writeUInt16LE(shared, size);
      bytes.writeUInt16LE(rest.length, size + 2);
      rest.copy(bytes, size + 4);
      size += 4 + rest.length;
      last = whole;
      length += 1;
    },
    at(index) {
      if (index <= reader.index || index - reader.index > restart) {
        reader.at = starts[Math.floor(index / restart)] ?? 0;
        reader.index = Math.floor(index / restart) * restart - 1;
      }
      while (reader.index < index) read();
      return reader.path.toString('utf8', 0, reader.length);
    },
  };
}

function commonBytes(one: Buffer, other: Buffer): number {
  const end = Math.min(one.length, other.length, longestShared);
  let at = 0;
  while (at < end && one[at] === other[at]) at += 1;
  return at;
}
