// The entries of a layer, kept as numbers and bytes and made anew for whoever goes through them: an image may have a million.
import { makeBytes, widerBytes } from './columns.js';
import type { EntryKind, LayerEntry } from './layer-entry.js';
import { createPathList } from './path-list.js';

export interface PackedEntries extends Iterable<LayerEntry> {
  readonly length: number;
  add(entry: LayerEntry): void;
}

const kinds: readonly EntryKind[] = [
  'file',
  'directory',
  'symlink',
  'hardlink',
  'character-device',
  'block-device',
  'fifo',
  'whiteout',
  'opaque',
];
/** Bytes of one entry besides its path: size, uid, gid, mode, kind, and the digest of its content. */
const recordBytes = 8 + 4 + 4 + 2 + 1 + 32;

export function createPackedEntries(): PackedEntries {
  const paths = createPathList();
  const links = new Map<number, string>();
  let records = makeBytes(recordBytes * 16);
  const write = (at: number, { size, uid, gid, mode, kind, contentDigest }: LayerEntry): void => {
    records.writeDoubleLE(size, at);
    records.writeUInt32LE(uid >>> 0, at + 8);
    records.writeUInt32LE(gid >>> 0, at + 12);
    records.writeUInt16LE(mode, at + 16);
    records.writeUInt8(kinds.indexOf(kind), at + 18);
    if (contentDigest !== null) records.write(contentDigest.slice('sha256:'.length), at + 19, 'hex');
  };
  const read = (index: number): LayerEntry => {
    const at = index * recordBytes;
    const kind = kinds[records.readUInt8(at + 18)] ?? 'file';
    return {
      path: paths.at(index),
      kind,
      mode: records.readUInt16LE(at + 16),
      uid: records.readUInt32LE(at + 8),
      gid: records.readUInt32LE(at + 12),
      size: records.readDoubleLE(at),
      linkTarget: links.get(index) ?? null,
      contentDigest: kind === 'file' ? `sha256:${records.toString('hex', at + 19, at + recordBytes)}` : null,
    };
  };
  return {
    get length() {
      return paths.length;
    },
    add(entry) {
      const at = paths.length * recordBytes;
      if (at === records.length) records = widerBytes(records, records.length * 2);
      write(at, entry);
      if (entry.linkTarget !== null) links.set(paths.length, entry.linkTarget);
      paths.add(entry.path);
    },
    *[Symbol.iterator]() {
      for (let index = 0; index < paths.length; index += 1) yield read(index);
    },
  };
}
