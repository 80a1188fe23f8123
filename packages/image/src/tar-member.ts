// A member of a tar archive: its header, and what the headers before it say about it.
import { type PaxRecords, paxNumber, paxValue } from './pax.js';
import { type ContentSink, expandMapped, expandSparse, readPaxSparse } from './sparse.js';
import { damaged, type TarHeader } from './tar-header.js';

export interface TarMember extends TarHeader {
  /** Bytes that a file system shows: more than what is stored where a file is sparse. */
  readonly size: number;
  /** Where its first header begins in the archive, those that describe it included. */
  readonly offset: number;
}

/** Gets each member before its content; says where the content goes, null to pass it by. */
export type OnMember = (member: TarMember) => ContentSink | null;

/** What goes before a member: an extended header, GNU's long name and long link. */
export interface Names {
  readonly records: PaxRecords;
  readonly name: string | null;
  readonly link: string | null;
}

export const unnamed: Names = { records: [], name: null, link: null };

/** Bytes of a header that only describes another member. */
export const longestText = 1 << 20;

/** Links, devices, directories and pipes: a size in their header is not followed by content (as unpackers have it). */
const withoutBody = /^[1-6]$/;

/** The header as it is meant; `size` is what the archive stores. @throws ActionError `layer-damaged` */
export function nameMember(header: TarHeader, { records, name, link }: Names): TarHeader {
  const stored = paxNumber(records, 'size') ?? header.size;
  return {
    ...header,
    name: paxValue(records, 'GNU.sparse.name') ?? paxValue(records, 'path') ?? name ?? header.name,
    linkName: paxValue(records, 'linkpath') ?? link ?? header.linkName,
    uid: paxNumber(records, 'uid') ?? header.uid,
    gid: paxNumber(records, 'gid') ?? header.gid,
    size: withoutBody.test(header.type) ? 0 : stored,
  };
}

/** Where the stored bytes of a member go. @throws ActionError `layer-damaged`, and what the handler throws */
export function contentSink(member: TarMember, { records }: Names, onMember: OnMember): ContentSink | null {
  const sparse = member.type === '0' ? readPaxSparse(records) : null;
  const sink = onMember(sparse === null ? member : { ...member, size: sparse.realSize });
  if (sink === null || sparse === null) return sink;
  const { pieces, realSize } = sparse;
  return pieces === 'in-body' ? expandMapped(realSize, sink) : expandSparse(pieces, realSize, sink);
}

/** Keeps a body that describes another member. @throws ActionError `layer-damaged` above 1 MiB */
export function textSink(header: TarHeader, take: (body: Buffer) => void): ContentSink {
  if (header.size > longestText) throw damaged(`a header of ${header.size} bytes describes one member`);
  const body = Buffer.alloc(header.size);
  let filled = 0;
  return {
    data: (chunk) => {
      filled += chunk.copy(body, filled);
    },
    end: () => take(body),
  };
}
