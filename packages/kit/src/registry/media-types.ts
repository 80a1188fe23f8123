// Media types of image documents and layers: OCI's names and Docker's older ones.

export const indexTypes: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]);

export const manifestTypes: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]);

/** What is asked of a registry when a manifest of either kind will do. */
export const acceptedManifests: string = [...manifestTypes, ...indexTypes].join(', ');

export type Compression = 'none' | 'gzip' | 'zstd';

/** How a layer of this media type is packed; null for a type whose packing is unknown. */
export function compressionOf(mediaType: string): Compression | null {
  if (/[+.]gzip$/.test(mediaType)) return 'gzip';
  if (/[+.]zstd$/.test(mediaType)) return 'zstd';
  return /(?:\.tar|v1\.tar|diff\.tar)$/.test(mediaType) ? 'none' : null;
}
