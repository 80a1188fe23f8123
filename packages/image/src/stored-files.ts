// The contents that layers store, in columns of numbers: one line of them for each file.
import { widerFloats, widerInts } from './columns.js';
import type { LayerEntry } from './layer-entry.js';
import { createTextTable, emptyHash, takeText } from './text-table.js';
import { createTopFiles, type TopFile } from './top-files.js';

/** Why stored bytes are no longer to be seen: another content took the path, the path went away, or the same content came again. */
export type Loss = 'overwritten' | 'deleted' | 'metadata';

/** One content as one layer stores it; hard links are further names of it. */
export interface StoredFile {
  /** Index of the layer that stores it. */
  readonly layer: number;
  readonly size: number;
  /** Null while a path leads to it. */
  readonly loss: Loss | null;
  /** The same for every file of the same content. */
  readonly content: number;
}

export interface StoredFiles extends Iterable<StoredFile> {
  /** @returns its index; it has no name yet */
  add(entry: LayerEntry, layer: number): number;
  name(file: number): void;
  /** `loss` counts when it was the last name. */
  unname(file: number, loss: Loss): void;
  same(one: number, other: number): boolean;
  /** At most ten of each layer, the largest first. */
  largest(layers: number): readonly (readonly TopFile[])[];
}

const losses: readonly (Loss | null)[] = [null, 'overwritten', 'deleted', 'metadata'];

export function createStoredFiles(): StoredFiles {
  const contents = createTextTable();
  const top = createTopFiles();
  let sizes = new Float64Array(64);
  /** layer, names, loss, content */
  let lines = new Int32Array(64 * 4);
  let length = 0;
  const widen = (): void => {
    sizes = widerFloats(sizes, length * 2);
    lines = widerInts(lines, length * 8);
  };
  const lossOf = (file: number): Loss | null => losses[lines[file * 4 + 2] ?? 0] ?? null;
  return {
    add({ path, size, contentDigest }, layer) {
      if (length === sizes.length) widen();
      const file = length;
      length += 1;
      sizes[file] = size;
      lines[file * 4] = layer;
      lines[file * 4 + 3] = contents.add(takeText(emptyHash(), contentDigest ?? ''));
      top.add({ path, size, file, layer });
      return file;
    },
    name(file) {
      lines[file * 4 + 1] = (lines[file * 4 + 1] ?? 0) + 1;
    },
    unname(file, loss) {
      const names = (lines[file * 4 + 1] ?? 0) - 1;
      lines[file * 4 + 1] = names;
      if (names === 0) lines[file * 4 + 2] = losses.indexOf(loss);
    },
    same: (one, other) => lines[one * 4 + 3] === lines[other * 4 + 3],
    largest: (layers) => top.of(layers, (file) => lossOf(file) !== null),
    *[Symbol.iterator]() {
      for (let file = 0; file < length; file += 1) {
        yield {
          layer: lines[file * 4] ?? 0,
          size: sizes[file] ?? 0,
          loss: lossOf(file),
          content: lines[file * 4 + 3] ?? 0,
        };
      }
    },
  };
}
