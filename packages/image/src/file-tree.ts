// The file system that layers make together, with every file's content known to be in sight or lost.
import { widerInts } from './columns.js';
import type { LayerEntry } from './layer-entry.js';
import { createPathTable, root } from './path-table.js';
import { createStoredFiles, type Loss, type StoredFiles } from './stored-files.js';

export interface FileTree {
  /** Puts the next layer on top; goes through it twice. */
  add(entries: Iterable<LayerEntry>): void;
  /** Every file stored so far, in the order of layers and entries. */
  readonly files: StoredFiles;
  /** Whether a later layer hides what the layer at `layerIndex` has at `path`. */
  isHidden(layerIndex: number, path: string): boolean;
}

/** What stands at a place. */
const nothing = -1;
const folder = -2;
const other = -3;

/** Of a place: the last layers, counted from 1, that named it anew, removed it with all below it, or emptied it. */
interface Marks {
  readonly named: Int32Array<ArrayBuffer>;
  readonly removed: Int32Array<ArrayBuffer>;
  readonly emptied: Int32Array<ArrayBuffer>;
}

/**
 * Whiteouts and opaque markers of a layer act on the layers below only, wherever they stand in it (OCI image
 * specification, "Whiteouts"). Symbolic links are names like others: a path is taken as it is written.
 */
export function createFileTree(): FileTree {
  return new Tree();
}

class Tree implements FileTree {
  readonly files = createStoredFiles();
  readonly #paths = createPathTable();
  /** By place: `nothing`, `folder`, `other`, or the index of a file. */
  #content = new Int32Array(64).fill(nothing);
  #marks: Marks = makeMarks(64);
  #layer = 0;

  constructor() {
    this.#content[root] = folder;
  }

  add(entries: Iterable<LayerEntry>): void {
    for (const entry of entries) if (isMarker(entry)) this.#hide(entry);
    for (const entry of entries) if (!isMarker(entry)) this.#place(entry);
    this.#layer += 1;
  }

  isHidden(layerIndex: number, path: string): boolean {
    const later = layerIndex + 1;
    let place = this.#paths.find(path);
    if (place < 0) return false;
    const { named, removed, emptied } = this.#marks;
    if ((named[place] ?? 0) > later || (removed[place] ?? 0) > later) return true;
    for (place = this.#paths.above(place); place >= 0; place = this.#paths.above(place))
      if ((removed[place] ?? 0) > later || (emptied[place] ?? 0) > later) return true;
    return false;
  }

  #hide({ kind, path }: LayerEntry): void {
    const place = this.#paths.find(path);
    if (place < 0) return;
    const isOpaque = kind === 'opaque';
    this.#marks[isOpaque ? 'emptied' : 'removed'][place] = this.#layer + 1;
    if (!isOpaque) this.#lose(place);
    else if (this.#content[place] === folder) this.#loseBelow(place);
  }

  #place(entry: LayerEntry): void {
    const { kind, path } = entry;
    const isFolder = kind === 'directory';
    const place = this.#paths.make(path, (above) => this.#makeFolder(above));
    this.#widen();
    const stored = kind === 'file' ? this.files.add(entry, this.#layer) : this.#linked(entry);
    this.#marks.named[place] = this.#layer + 1;
    // What is no directory leaves no room for what stood below the path before.
    if (!isFolder) this.#marks.removed[place] = this.#layer + 1;
    if (isFolder && this.#content[place] === folder) return;
    // Named before the old one goes: a link may take its own place.
    if (stored >= 0) this.files.name(stored);
    this.#replace(place, stored);
    this.#content[place] = isFolder ? folder : stored >= 0 ? stored : other;
  }

  /** What is no directory on the way gives way. */
  #makeFolder(place: number): void {
    this.#widen();
    if (this.#content[place] === folder) return;
    this.#replace(place, nothing);
    this.#content[place] = folder;
  }

  #replace(place: number, file: number): void {
    const before = this.#content[place] ?? nothing;
    if (before === folder) this.#loseBelow(place);
    if (before < 0) return;
    const same = file >= 0 && this.files.same(file, before);
    this.files.unname(before, same ? 'metadata' : 'overwritten');
  }

  #lose(place: number): void {
    const before = this.#content[place] ?? nothing;
    this.#content[place] = nothing;
    if (before >= 0) this.files.unname(before, 'deleted' satisfies Loss);
    if (before === folder) this.#loseBelow(place);
  }

  #loseBelow(place: number): void {
    this.#paths.each(place, (child) => this.#lose(child));
  }

  /** What a hard link leads to; -1 when there is no such file. */
  #linked({ kind, linkTarget }: LayerEntry): number {
    if (kind !== 'hardlink' || linkTarget === null) return nothing;
    const parts = linkTarget.split('/').filter((part) => part !== '' && part !== '.');
    const place = this.#paths.find(parts.join('/'));
    return place < 0 ? nothing : Math.max(this.#content[place] ?? nothing, nothing);
  }

  /** As many places as there are paths. */
  #widen(): void {
    const { length } = this.#content;
    if (this.#paths.length <= length) return;
    const size = Math.max(length * 2, this.#paths.length);
    this.#content = widerInts(this.#content, size).fill(nothing, length);
    const { named, removed, emptied } = this.#marks;
    this.#marks = {
      named: widerInts(named, size),
      removed: widerInts(removed, size),
      emptied: widerInts(emptied, size),
    };
  }
}

function isMarker({ kind }: LayerEntry): boolean {
  return kind === 'whiteout' || kind === 'opaque';
}

function makeMarks(size: number): Marks {
  const column = (): Int32Array<ArrayBuffer> => new Int32Array(size);
  return { named: column(), removed: column(), emptied: column() };
}
