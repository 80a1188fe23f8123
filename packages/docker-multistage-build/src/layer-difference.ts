// Two layers read side by side, entry by entry, until one differs: constant memory whatever their size.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { compressionOf } from '@headgate/kit/registry/media-types';

export interface LayerFile {
  readonly path: string;
  readonly mediaType: string;
}

/** One entry of a tar archive (POSIX ustar; PAX and GNU records count as entries of their own). */
interface Entry {
  readonly path: string;
  readonly mode: string;
  readonly owner: string;
  readonly size: string;
  readonly time: string;
  readonly type: string;
  readonly link: string;
  /** SHA-256 of the content. */
  readonly content: string;
}

const block = 512;
const kinds = ['type', 'mode', 'owner', 'size', 'time', 'link', 'content'] as const;
const words: Readonly<Record<(typeof kinds)[number], string>> = {
  type: 'type',
  mode: 'mode',
  owner: 'owner',
  size: 'size',
  time: 'time',
  link: 'link target',
  content: 'content',
};

/** `app/file.txt differs in its time`, or null when all entries are the same. */
export async function firstEntryDifference(
  left: LayerFile,
  right: LayerFile,
  signal: AbortSignal,
): Promise<string | null> {
  const [mine, theirs] = [readEntries(left, signal), readEntries(right, signal)];
  try {
    for (;;) {
      const [a, b] = await Promise.all([mine.next(), theirs.next()]);
      if (a.done === true && b.done === true) return null;
      if (a.done === true) return `only the second has ${b.done === true ? '' : shown(b.value.path)}`;
      if (b.done === true) return `only the first has ${shown(a.value.path)}`;
      if (a.value.path !== b.value.path)
        return `${shown(a.value.path)} stands where the second has ${shown(b.value.path)}`;
      const kind = kinds.find((one) => a.value[one] !== b.value[one]);
      if (kind !== undefined) return `${shown(a.value.path)} differs in its ${words[kind]}`;
    }
  } finally {
    await Promise.allSettled([mine.return(undefined), theirs.return(undefined)]);
  }
}

async function* readEntries(
  { path, mediaType }: LayerFile,
  signal: AbortSignal,
): AsyncGenerator<Entry, void, undefined> {
  const bytes = createBlocks(open(path, mediaType, signal));
  for (;;) {
    const header = await bytes.take(block);
    if (header === null || header[0] === 0) return;
    const size = Number.parseInt(field(header, 124, 12), 8) || 0;
    const hash = createHash('sha256');
    await bytes.each(size, (chunk) => hash.update(chunk));
    await bytes.each((block - (size % block)) % block, () => undefined);
    const prefix = field(header, 345, 155);
    yield {
      path: prefix === '' ? field(header, 0, 100) : `${prefix}/${field(header, 0, 100)}`,
      mode: field(header, 100, 8),
      owner: `${field(header, 108, 8)}:${field(header, 116, 8)}`,
      size: String(size),
      time: field(header, 136, 12),
      type: field(header, 156, 1),
      link: field(header, 157, 100),
      content: hash.digest('hex'),
    };
  }
}

function open(path: string, mediaType: string, signal: AbortSignal): AsyncIterator<Buffer> {
  const file = createReadStream(path, { signal });
  const compression = compressionOf(mediaType);
  if (compression !== 'gzip' && compression !== 'zstd') return file[Symbol.asyncIterator]();
  const unpacker = compression === 'gzip' ? createGunzip() : createZstdDecompress();
  file.on('error', (problem) => unpacker.destroy(problem));
  file.pipe(unpacker);
  return unpacker[Symbol.asyncIterator]();
}

interface Blocks {
  /** Exactly so many bytes; null at the end, or when it comes too early. */
  take(length: number): Promise<Buffer | null>;
  /** Hands on so many bytes, or as many as there are. */
  each(length: number, use: (chunk: Buffer) => void): Promise<void>;
}

function createBlocks(source: AsyncIterator<Buffer>): Blocks {
  let rest: Buffer = Buffer.alloc(0);
  const each = async (length: number, use: (chunk: Buffer) => void): Promise<void> => {
    let wanted = length;
    while (wanted > 0) {
      if (rest.length === 0) {
        const { done, value } = await source.next();
        if (done === true) return;
        rest = value;
      }
      const chunk = rest.subarray(0, wanted);
      use(chunk);
      rest = rest.subarray(chunk.length);
      wanted -= chunk.length;
    }
  };
  return {
    each,
    async take(length) {
      const parts: Buffer[] = [];
      await each(length, (chunk) => parts.push(chunk));
      const bytes = Buffer.concat(parts);
      return bytes.length === length ? bytes : null;
    },
  };
}

function field(header: Buffer, at: number, length: number): string {
  return header
    .subarray(at, at + length)
    .toString('utf8')
    .replace(/\0.*$/s, '')
    .trim();
}

function shown(path: string): string {
  return path.length > 200 ? `${path.slice(0, 200)}…` : path;
}
