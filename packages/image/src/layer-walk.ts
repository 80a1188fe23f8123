// One pass over a layer: its entries, with the digest of every file's content.
import { createHash, hash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import { entryPath, readWhiteout } from './entry-path.js';
import { failure } from './failures.js';
import type { EntryKind, LayerEntry } from './layer-entry.js';
import { type LayerLimits, layerLimits } from './layer-limits.js';
import { checkGrowth, unpackLayer } from './layer-unpack.js';
import type { ContentSink } from './sparse.js';
import { damaged } from './tar-header.js';
import type { OnMember, TarMember } from './tar-member.js';
import { createTarReader } from './tar-reader.js';

export interface WalkOptions {
  /** Of the archive, as the configuration names it; null where nothing says it. */
  readonly diffId: string | null;
  /** Each entry once its content has come by, in the archive's order. */
  readonly onEntry: (entry: LayerEntry) => void;
  /**
   * Each entry before its content, and where its header begins in the archive; says who looks at the content, if anybody.
   */
  readonly onStart?: ((entry: LayerEntry, offset: number) => ContentTap | null) | undefined;
  /** Every byte of the archive, with headers and padding; null when nobody looks. */
  readonly onBytes: ((chunk: Uint8Array) => void) | null;
  readonly limits?: LayerLimits;
  readonly signal: AbortSignal;
}

/** Gets a file's content in order; a chunk is valid during the call only. */
export type ContentTap = (chunk: Buffer) => void;

const kinds: Readonly<Record<string, EntryKind>> = {
  '0': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
};
const emptyDigest = `sha256:${hash('sha256', '')}`;

/**
 * Reads a layer once, in bounded memory. What the callbacks got counts only when the promise has resolved.
 * @returns bytes of the archive
 * @throws ActionError, with the codes of `unpackLayer`, `path-unsafe` and `link-unsafe`
 */
export async function walkLayer(layer: Descriptor, blob: Readable, options: WalkOptions): Promise<number> {
  const { onBytes, limits = layerLimits } = options;
  const reader = createTarReader(memberReader(layer, { ...options, limits }));
  const size = await unpackLayer(layer, blob, {
    ...options,
    limits,
    onBytes: (chunk) => {
      onBytes?.(chunk);
      reader.write(chunk);
    },
  });
  reader.end();
  return size;
}

function memberReader(
  layer: Descriptor,
  { onEntry, onStart, limits }: Pick<WalkOptions, 'onEntry' | 'onStart'> & { readonly limits: LayerLimits },
): OnMember {
  let count = 0;
  let content = 0;
  return (member) => {
    count += 1;
    if (count > limits.entries) {
      throw failure('limit-exceeded', `Layer ${layer.digest} has more than ${limits.entries} entries.`);
    }
    content += member.size;
    // Holes of sparse files are no bytes of the archive, but somebody would have to write them.
    checkGrowth(layer, content, limits);
    const entry = readEntry(member, limits);
    if (entry === null) return null;
    const tap = onStart?.(entry, member.offset) ?? null;
    if (entry.kind === 'file') return contentReader(entry, { onEntry, tap });
    onEntry(entry);
    return null;
  };
}

/** Null for the root itself and for what unpackers leave out. */
function readEntry(member: TarMember, limits: LayerLimits): LayerEntry | null {
  const kind = kinds[member.type];
  if (kind === undefined) throw damaged(`it has an entry of the unknown type ${JSON.stringify(member.type)}`);
  const path = entryPath(member.name, limits);
  if (path === '') return null;
  const { uid, gid } = member;
  const common = { mode: member.mode & 0o7777, uid, gid, contentDigest: null };
  const marker = readWhiteout(path);
  if (marker?.kind === 'ignored') return null;
  if (marker !== null) return { ...common, kind: marker.kind, path: marker.path, size: 0, linkTarget: null };
  const size = kind === 'file' ? member.size : 0;
  return { ...common, path, kind, size, linkTarget: linkTarget(kind, member.linkName, limits) };
}

function linkTarget(kind: EntryKind, target: string, limits: LayerLimits): string | null {
  // A symlink is followed inside the container, whose root is the image's: it may lead anywhere.
  if (kind === 'symlink') return target;
  if (kind !== 'hardlink') return null;
  const upwards = target.split('/').includes('..');
  if (target.startsWith('/') || upwards || target.length > limits.path || target.includes('\0')) {
    throw failure('link-unsafe', `A hard link in a layer leads to ${JSON.stringify(target.slice(0, 200))}.`);
  }
  return target;
}

function contentReader(
  entry: LayerEntry,
  { onEntry, tap }: Pick<WalkOptions, 'onEntry'> & { readonly tap: ContentTap | null },
): ContentSink {
  let digest = emptyDigest;
  let long: ReturnType<typeof createHash> | null = null;
  return {
    data(chunk) {
      tap?.(chunk);
      if (long === null && chunk.length === entry.size) {
        digest = `sha256:${hash('sha256', chunk)}`;
        return;
      }
      long ??= createHash('sha256');
      long.update(chunk);
    },
    end() {
      onEntry({ ...entry, contentDigest: long === null ? digest : `sha256:${long.digest('hex')}` });
    },
  };
}
