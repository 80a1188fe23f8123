// The largest files of each layer, which explain its size better than any number.

export interface TopFile {
  readonly path: string;
  /** Of its content. */
  readonly bytes: number;
  /** Stored, but no longer to be seen. */
  readonly hidden: boolean;
}

interface Candidate {
  readonly path: string;
  readonly size: number;
  readonly file: number;
  readonly layer: number;
}

export interface TopFiles {
  add(candidate: Candidate): void;
  /** At most ten of each layer, the largest first, equals by path. */
  of(layers: number, isHidden: (file: number) => boolean): readonly (readonly TopFile[])[];
}

const most = 10;

/** Keeps no more than it gives. */
export function createTopFiles(): TopFiles {
  const kept = new Map<number, Candidate[]>();
  return {
    add(candidate) {
      if (candidate.size === 0) return;
      const list = kept.get(candidate.layer) ?? [];
      kept.set(candidate.layer, list);
      keep(list, candidate);
    },
    of: (layers, isHidden) =>
      Array.from({ length: layers }, (_, layer) =>
        (kept.get(layer) ?? []).map(({ path, size, file }) => ({
          path,
          bytes: size,
          hidden: isHidden(file),
        })),
      ),
  };
}

/** The list stays in order and short, so that inserting costs no more than its length. */
function keep(list: Candidate[], file: Candidate): void {
  const last = list.at(-1);
  if (list.length === most && last !== undefined && !larger(file, last)) return;
  const place = list.findIndex((other) => larger(file, other));
  list.splice(place < 0 ? list.length : place, 0, file);
  if (list.length > most) list.pop();
}

function larger(a: Candidate, b: Candidate): boolean {
  return a.size > b.size || (a.size === b.size && a.path < b.path);
}
