// What a layer holds, as its tar archive says.

export type EntryKind =
  | 'file'
  | 'directory'
  | 'symlink'
  | 'hardlink'
  | 'character-device'
  | 'block-device'
  | 'fifo'
  /** Removes `path` from the layers below. Source: OCI image specification, "Whiteouts". */
  | 'whiteout'
  /** Hides what the layers below have in the directory `path`. Source: the same, "Opaque Whiteout". */
  | 'opaque';

export interface LayerEntry {
  /** From the image's root, without a slash in front or behind: `usr/bin/env`. Never empty, never with `..`. */
  readonly path: string;
  readonly kind: EntryKind;
  /** Permission bits with set-uid, set-gid and sticky: 0o0000 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of a file's content; 0 for everything else. */
  readonly size: number;
  /** Where a symlink or hard link leads, as it is written; null for everything else. */
  readonly linkTarget: string | null;
  /** `sha256:…` of a file's content; null for everything else. */
  readonly contentDigest: string | null;
}

/** One layer as its image describes it. */
export interface LayerContent {
  /** Of the blob, as the manifest names it. */
  readonly digest: string;
  /** The instruction as the image's history has it; empty when it has none. */
  readonly createdBy: string;
  /** Bytes of the blob. */
  readonly compressed: number;
  /** Bytes of the tar archive. */
  readonly uncompressed: number;
  /** In the archive's order; as often as somebody goes through them. */
  readonly entries: Iterable<LayerEntry>;
}
