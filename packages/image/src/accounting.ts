// Which of the bytes that layers store are to be seen in the end, and why the others are not.
import { createFileTree } from './file-tree.js';
import type { LayerContent } from './layer-entry.js';
import type { LayerVisibility } from './layer-visibility.js';
import type { StoredFile } from './stored-files.js';
import type { TopFile } from './top-files.js';

/** Bytes of file contents. */
export interface Waste {
  /** Another content took the file's path. */
  readonly overwritten: number;
  /** The path went away: by a whiteout, an opaque marker, or with a directory above it. It ships nevertheless. */
  readonly deleted: number;
  /** To be seen, but a file of a lower layer or before it has the same content. */
  readonly duplicate: number;
  /** The same content came again at the same path, as chmod and chown make it. */
  readonly metadata: number;
}

export interface LayerUse {
  /** Bytes of the layer's file contents, hard links counted once. */
  readonly stored: number;
  /** Those of them that are wasted, in any of the four ways. */
  readonly wasted: number;
  readonly topFiles: readonly TopFile[];
}

export interface Accounting {
  readonly stored: number;
  /** Bytes stored that a path leads to in the end. */
  readonly visible: number;
  /** `visible / stored`; 1 when nothing is stored. Duplicates are visible. */
  readonly efficiency: number;
  readonly wasted: Waste;
  readonly layers: readonly LayerUse[];
}

type Layers = readonly Pick<LayerContent, 'entries'>[];

/** Lowest layer first. Pure. */
export function account(layers: Layers): Accounting {
  return accountFor(layers).accounting;
}

/** The same, and what of it is to be seen. */
export function accountFor(layers: Layers): {
  readonly accounting: Accounting;
  readonly visibility: LayerVisibility;
} {
  const tree = createFileTree();
  for (const { entries } of layers) tree.add(entries);
  const contents = new Set<number>();
  const waste = { overwritten: 0, deleted: 0, duplicate: 0, metadata: 0 };
  const stored = layers.map(() => 0);
  const wasted = layers.map(() => 0);
  for (const file of tree.files) {
    const why = judge(file, contents);
    const { size } = file;
    stored[file.layer] = (stored[file.layer] ?? 0) + size;
    if (why === null) continue;
    waste[why] += size;
    wasted[file.layer] = (wasted[file.layer] ?? 0) + size;
  }
  const total = sum(stored);
  const visible = total - waste.overwritten - waste.deleted - waste.metadata;
  const top = tree.files.largest(layers.length);
  const accounting = {
    stored: total,
    visible,
    efficiency: total === 0 ? 1 : visible / total,
    wasted: waste,
    layers: layers.map((_, index) => ({
      stored: stored[index] ?? 0,
      wasted: wasted[index] ?? 0,
      topFiles: top[index] ?? [],
    })),
  };
  return { accounting, visibility: tree };
}

/** The first visible file of a content is the one that is needed; every further one repeats it. */
function judge({ loss, content }: StoredFile, contents: Set<number>): keyof Waste | null {
  if (loss !== null) return loss;
  if (contents.has(content)) return 'duplicate';
  contents.add(content);
  return null;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
