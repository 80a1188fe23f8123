// What a layer may ask of whoever reads it. Real images stay far below; a decompression bomb does not.

export interface LayerLimits {
  /** Members of the archive. */
  readonly entries: number;
  /** Members of all archives of an image together. */
  readonly imageEntries: number;
  /** Bytes of the archive, holes of sparse files counted as written out. */
  readonly uncompressed: number;
  /** Uncompressed over compressed bytes, looked at above `ratioFrom` uncompressed bytes. */
  readonly ratio: number;
  readonly ratioFrom: number;
  /** Bytes of a path in UTF-8 (PATH_MAX of Linux). */
  readonly path: number;
  /** Folders above an entry. */
  readonly depth: number;
}

/** gzip reaches 1032:1 with zeros alone; layers of real images were measured at 2:1 to 30:1. */
export const layerLimits: LayerLimits = {
  entries: 1_000_000,
  imageEntries: 2_000_000,
  uncompressed: 64 * 1024 ** 3,
  ratio: 500,
  ratioFrom: 256 * 1024 ** 2,
  path: 4096,
  depth: 255,
};
