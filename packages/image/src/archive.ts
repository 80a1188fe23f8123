// An image in a .tar file: an OCI image layout, or what `docker save` writes.
import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import { type ArchiveIndex, type ArchivePart, indexArchive, readAt } from './archive-index.js';
import { describeSavedImage } from './docker-archive.js';
import { failure } from './failures.js';
import type { ImageSource } from './image-source.js';
import { packingOf } from './layer-unpack.js';
import { rootEntry } from './layout.js';

export interface ArchiveFile {
  readonly index: ArchiveIndex;
  /** A small file's bytes. @throws ActionError `archive-invalid` when it is missing or large */
  read(path: string): Promise<Buffer>;
  /** The first bytes of a member. */
  head(part: ArchivePart): Promise<Buffer>;
  stream(part: ArchivePart): Readable;
}

const largestDocument = 4 * 1024 * 1024;

/**
 * The archive as a source of blobs. Since Docker 25 `docker save` writes a layout too, which is then taken.
 * @param file stays open until the source is closed
 * @throws ActionError `archive-invalid`, `path-unsafe`, `link-unsafe`, `layout-invalid`
 */
export async function openArchive(file: FileHandle): Promise<ImageSource> {
  await refusePacked(file);
  const index = await indexArchive(file);
  const archive = archiveFile(file, index);
  const close = (): Promise<void> => file.close();
  const open = async ({ digest }: Descriptor): Promise<Readable> => {
    const part = index.find(`blobs/sha256/${digest.slice('sha256:'.length)}`);
    if (part === null) throw failure('blob-missing', `Blob ${digest} is missing in the archive.`);
    return archive.stream(part);
  };
  if (index.find('index.json') !== null)
    return { root: rootEntry(await archive.read('index.json')), open, close };
  if (index.find('manifest.json') !== null) return { ...(await describeSavedImage(archive)), close };
  throw failure('archive-invalid', 'The archive was expected to have an index.json or a manifest.json.');
}

async function refusePacked(file: FileHandle): Promise<void> {
  const head = Buffer.alloc(4);
  await file.read(head, 0, head.length, 0);
  const packing = packingOf(head);
  if (packing === 'none') return;
  throw failure('archive-invalid', `An archive (.tar) was expected, the file is packed with ${packing}.`);
}

function archiveFile(file: FileHandle, index: ArchiveIndex): ArchiveFile {
  return {
    index,
    async read(path) {
      const part = index.find(path);
      if (part === null)
        throw failure('archive-invalid', `${JSON.stringify(path)} is missing in the archive.`);
      if (part.size > largestDocument) {
        throw failure(
          'archive-invalid',
          `${JSON.stringify(path)} has ${part.size} bytes, expected a document.`,
        );
      }
      return readAt(file, part);
    },
    head: ({ offset, size }) => readAt(file, { offset, size: Math.min(size, 4) }),
    stream({ offset, size }) {
      if (size === 0) return Readable.from([]);
      const end = offset + size - 1;
      // By descriptor: a FileHandle keeps a listener for each stream made of it.
      return createReadStream('', {
        fd: file.fd,
        start: offset,
        end,
        autoClose: false,
        highWaterMark: 1 << 18,
      });
    },
  };
}
