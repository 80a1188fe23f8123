// One file out of a zip archive, without a program of the machine.
import { inflateRawSync } from 'node:zlib';

const endMark = 0x06054b50;
const entryMark = 0x02014b50;
/** The longest comment that may follow the end record. */
const longestEnd = 22 + 0xffff;

/**
 * Reads one member. Source: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16; no ZIP64, no encryption.
 * @param {Buffer} archive
 * @param {string} name of the member, with its folders
 * @returns {Buffer}
 * @throws {Error} when the archive is broken or has no such member
 */
export function readZipMember(archive, name) {
  const end = archive.subarray(-longestEnd).lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const endAt = Math.max(0, archive.length - longestEnd) + end;
  if (end < 0 || archive.readUInt32LE(endAt) !== endMark) throw new Error('it is no zip archive');
  let at = archive.readUInt32LE(endAt + 16);
  for (let left = archive.readUInt16LE(endAt + 10); left > 0; left -= 1) {
    if (archive.readUInt32LE(at) !== entryMark) throw new Error('its list of members is broken');
    const nameLength = archive.readUInt16LE(at + 28);
    const after = at + 46 + nameLength;
    if (archive.toString('utf8', at + 46, after) === name) return readMember(archive, at);
    at = after + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  throw new Error(`it has no ${name}`);
}

/** @param {Buffer} archive @param {number} entry place in the central directory @returns {Buffer} */
function readMember(archive, entry) {
  const method = archive.readUInt16LE(entry + 10);
  const local = archive.readUInt32LE(entry + 42);
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const packed = archive.subarray(start, start + archive.readUInt32LE(entry + 20));
  const bytes = method === 8 ? inflateRawSync(packed) : packed;
  if (bytes.length !== archive.readUInt32LE(entry + 24))
    throw new Error('a member is not as long as it says');
  return bytes;
}
