// One 512-byte header of a tar archive: v7, POSIX ustar and GNU forms (POSIX.1-1988; GNU tar manual, "Basic Tar Format").
import { failure } from './failures.js';

export const blockSize = 512;

export interface TarHeader {
  readonly name: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of the body in the archive. */
  readonly size: number;
  /** One character: `0` file, `5` directory and so on; the old NUL is given as `0`. */
  readonly type: string;
  readonly linkName: string;
}

/** True for the block of zeros that ends an archive. */
export function isZeroBlock(block: Buffer): boolean {
  for (let at = 0; at < blockSize; at += 8)
    if (block.readDoubleLE(at) !== 0) return block.every((byte) => byte === 0);
  return true;
}

/** @throws ActionError `layer-damaged` when the checksum is wrong or a number is none */
export function readHeader(block: Buffer): TarHeader {
  checkSum(block);
  const magic = block.toString('latin1', 257, 265);
  const prefix = magic === 'ustar\u000000' ? readText(block, 345, 155) : '';
  const name = readText(block, 0, 100);
  const flag = block[156] ?? 0;
  // Before ustar, a directory was a file whose name ends with a slash.
  const type = flag === 0 ? (name.endsWith('/') ? '5' : '0') : String.fromCharCode(flag);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    mode: readNumber(block, 100, 8),
    uid: readNumber(block, 108, 8),
    gid: readNumber(block, 116, 8),
    size: readNumber(block, 124, 12),
    type,
    linkName: readText(block, 157, 100),
  };
}

/** Text up to the first NUL. Bytes that are no UTF-8 are kept apart as Latin-1, so that two names stay two. */
export function readText(bytes: Buffer, start: number, length: number): string {
  const field = bytes.subarray(start, start + length);
  const end = field.indexOf(0);
  const content = end < 0 ? field : field.subarray(0, end);
  const text = content.toString('utf8');
  return text.includes('\uFFFD') ? content.toString('latin1') : text;
}

/** Octal digits, or base 256 for what has no room (GNU). @throws ActionError `layer-damaged` */
export function readNumber(block: Buffer, start: number, length: number): number {
  const first = block[start] ?? 0;
  if ((first & 0x80) !== 0) return readBase256(block.subarray(start, start + length));
  const end = start + length;
  let at = start;
  while (at < end && block[at] === 0x20) at += 1;
  let value = 0;
  // Byte by byte: an image of many small files has little else to read.
  while (at < end && block[at] !== 0x20 && block[at] !== 0) {
    const digit = (block[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) throw notOctal(block.toString('latin1', start, end));
    value = value * 8 + digit;
    at += 1;
  }
  while (at < end && block[at] === 0x20) at += 1;
  if (at < end && block[at] !== 0) throw notOctal(block.toString('latin1', start, end));
  return safe(value);
}

function notOctal(field: string): Error {
  return damaged(`"${field.replace(/[^ -~]/g, '?')}" is no octal number`);
}

function readBase256(field: Buffer): number {
  // The first bit says base 256, the second the sign.
  if (((field[0] ?? 0) & 0x40) !== 0) throw damaged('a number is negative');
  let value = (field[0] ?? 0) & 0x3f;
  for (const byte of field.subarray(1)) value = safe(value * 256 + byte);
  return value;
}

function safe(value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw damaged('a number is too large');
}

function checkSum(block: Buffer): void {
  const expected = readNumber(block, 148, 8);
  let unsigned = 8 * 0x20;
  let signed = unsigned;
  for (let at = 0; at < blockSize; at += 1) {
    if (at >= 148 && at < 156) continue;
    const byte = block[at] ?? 0;
    unsigned += byte;
    signed += byte < 128 ? byte : byte - 256;
  }
  // Some old archivers added signed characters.
  if (expected !== unsigned && expected !== signed) throw damaged('the checksum of a header is wrong');
}

/** The error for an archive that cannot be read. */
export function damaged(problem: string, cause?: unknown): Error {
  return failure('layer-damaged', `A tar archive was expected, but ${problem}.`, cause);
}
