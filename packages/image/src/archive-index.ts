// Where the members of a .tar file lie, found by its headers alone: an image of many gigabytes is not read for it.
import type { FileHandle } from 'node:fs/promises';
import { posix } from 'node:path';
import { entryPath } from './entry-path.js';
import { failure, isImageFailure } from './failures.js';
import { layerLimits } from './layer-limits.js';
import { readPaxRecords } from './pax.js';
import { blockSize, isZeroBlock, readHeader, readText, type TarHeader } from './tar-header.js';
import { longestText, type Names, nameMember, unnamed } from './tar-member.js';

/** Bytes of the file. */
export interface ArchivePart {
  readonly offset: number;
  readonly size: number;
}

export interface ArchiveIndex {
  /**
   * A file of the archive, also by a link inside of it; null when there is none.
   * @throws ActionError `link-unsafe` when a link leads out of the archive
   */
  find(path: string): ArchivePart | null;
}

type Member =
  | { readonly kind: 'file'; readonly part: ArchivePart }
  | { readonly kind: 'link'; readonly target: string };

const mostMembers = 100_000;
const longestChain = 8;

/** @throws ActionError `archive-invalid`, `path-unsafe`, `link-unsafe` */
export async function indexArchive(file: FileHandle): Promise<ArchiveIndex> {
  const members = new Map<string, Member>();
  try {
    await scan(file, members);
  } catch (error) {
    if (!isImageFailure(error) || error.code !== 'layer-damaged') throw error;
    throw failure('archive-invalid', error.message, error);
  }
  const find = (path: string, hops: number): ArchivePart | null => {
    const member = members.get(path);
    if (member === undefined) return null;
    if (member.kind === 'file') return member.part;
    return hops === 0 ? null : find(member.target, hops - 1);
  };
  return { find: (path) => find(posix.normalize(path), longestChain) };
}

async function scan(file: FileHandle, members: Map<string, Member>): Promise<void> {
  const { size } = await file.stat();
  let names = unnamed;
  for (let at = 0, count = 0; at + blockSize <= size; count += 1) {
    if (count > mostMembers)
      throw failure('limit-exceeded', `The archive has more than ${mostMembers} members.`);
    const block = await readAt(file, { offset: at, size: blockSize });
    if (isZeroBlock(block)) return;
    const raw = readHeader(block);
    const describes = /^[xLK]$/.test(raw.type);
    const header = describes ? raw : nameMember(raw, names);
    const body = { offset: at + blockSize, size: header.size };
    if (body.offset + body.size > size) throw failure('archive-invalid', 'The archive breaks off.');
    if (describes) {
      names = await readNames(file, { header, body, names });
    } else {
      addMember(members, header, body);
      names = unnamed;
    }
    at = body.offset + Math.ceil(body.size / blockSize) * blockSize;
  }
}

interface Found {
  readonly header: TarHeader;
  readonly body: ArchivePart;
  readonly names: Names;
}

async function readNames(file: FileHandle, { header, body, names }: Found): Promise<Names> {
  if (body.size > longestText)
    throw failure('archive-invalid', `A header of the archive has ${body.size} bytes.`);
  const bytes = await readAt(file, body);
  if (header.type === 'x') return { ...names, records: readPaxRecords(bytes) };
  const text = readText(bytes, 0, bytes.length);
  return header.type === 'L' ? { ...names, name: text } : { ...names, link: text };
}

function addMember(members: Map<string, Member>, header: TarHeader, body: ArchivePart): void {
  const { name, linkName: link, type } = header;
  const path = entryPath(name, layerLimits);
  const member = readMember(path, { type, body, link });
  if (member === null) return;
  // Which of two is meant depends on who reads: one was judged, the other may run.
  if (members.has(path)) throw failure('archive-invalid', `The archive holds ${JSON.stringify(path)} twice.`);
  members.set(path, member);
}

function readMember(
  path: string,
  { type, body, link }: { readonly type: string; readonly body: ArchivePart; readonly link: string },
): Member | null {
  if (type === '0' || type === '7') return { kind: 'file', part: body };
  if (type !== '1' && type !== '2') return null;
  const target = posix.normalize(type === '2' ? posix.join(posix.dirname(path), link) : link);
  if (!link.startsWith('/') && !target.startsWith('..') && !link.includes('\0'))
    return { kind: 'link', target };
  throw failure(
    'link-unsafe',
    `${JSON.stringify(path)} in the archive links to ${JSON.stringify(link.slice(0, 200))}.`,
  );
}

/** @throws ActionError `archive-invalid` when the file ends before */
export async function readAt(file: FileHandle, { offset, size }: ArchivePart): Promise<Buffer> {
  const bytes = Buffer.alloc(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await file.read(bytes, filled, size - filled, offset + filled);
    if (bytesRead === 0) throw failure('archive-invalid', 'The archive breaks off.');
    filled += bytesRead;
  }
  return bytes;
}
