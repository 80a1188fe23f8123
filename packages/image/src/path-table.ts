// Paths as numbers: each one that was met has a place, and knows the paths right below it.
import { widerInts } from './columns.js';
import { createTextTable, emptyHash, takeText } from './text-table.js';

/** The place of the image's root. */
export const root = 0;

export interface PathTable {
  /** The place of a path; -1 where it was never met. `''` and `.` are the root. */
  find(path: string): number;
  /** The same, made where it is missing, with all above it. Calls `onFolder` for each folder above it, from the top. */
  make(path: string, onFolder: (place: number) => void): number;
  /** The folder right above; -1 for the root. */
  above(place: number): number;
  each(folder: number, visit: (place: number) => void): void;
  readonly length: number;
}

export function createPathTable(): PathTable {
  const texts = createTextTable();
  /** By place: the folder above, the first path below, the next one beside it. */
  let aboves = new Int32Array(64);
  let firsts = new Int32Array(64);
  let nexts = new Int32Array(64);
  const link = (place: number, folder: number): void => {
    if (place >= aboves.length)
      [aboves, firsts, nexts] = [
        widerInts(aboves, place * 2),
        widerInts(firsts, place * 2),
        widerInts(nexts, place * 2),
      ];
    aboves[place] = folder;
    firsts[place] = -1;
    nexts[place] = firsts[folder] ?? -1;
    if (folder >= 0) firsts[folder] = place;
  };
  link(texts.add(emptyHash()), -1);
  return {
    get length() {
      return texts.length;
    },
    find: (path) => (path === '' || path === '.' ? root : texts.find(takeText(emptyHash(), path))),
    make(path, onFolder) {
      const hash = emptyHash();
      let folder: number = root;
      for (let from = 0; ; ) {
        onFolder(folder);
        const slash = path.indexOf('/', from);
        takeText(hash, path, Math.max(from - 1, 0), slash < 0 ? path.length : slash);
        const { length } = texts;
        const place = texts.add(hash);
        if (place === length) link(place, folder);
        if (slash < 0) return place;
        folder = place;
        from = slash + 1;
      }
    },
    above: (place) => aboves[place] ?? -1,
    each(folder, visit) {
      for (let place = firsts[folder] ?? -1; place >= 0; place = nexts[place] ?? -1) visit(place);
    },
  };
}
