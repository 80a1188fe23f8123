// What names a blob or a manifest.

/** A content descriptor (OCI image specification 1.1, descriptor.md). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: `sha256:${string}`;
  /** Bytes. */
  readonly size: number;
}
