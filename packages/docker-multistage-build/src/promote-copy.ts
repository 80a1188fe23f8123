// From one repository to another: blobs, manifests by digest, children first, and proof by reading back.
import { moveBlob, type Remote } from './promote-remote.js';
import { otherBytes, type SourceManifest } from './promote-source.js';

export interface CopyReport {
  mounted: number;
  present: number;
  /** Blobs that went over this machine. */
  carried: number;
}

/**
 * Copies manifests and their blobs; nothing is tagged.
 * @param manifests children first, as `readSource` gives them
 * @throws ActionError `push-mismatch` when the target returns other bytes
 */
export async function copyManifests(
  manifests: readonly SourceManifest[],
  { from, to, report }: { readonly from: Remote; readonly to: Remote; readonly report: CopyReport },
): Promise<void> {
  const done = new Set<string>();
  for (const { manifest, blobs } of manifests) {
    for (const blob of blobs) {
      if (done.has(blob.digest)) continue;
      done.add(blob.digest);
      report[await moveBlob(from, to, blob)] += 1;
    }
    const { digest: reference, mediaType, bytes } = manifest;
    await to.registry.putManifest({ reference, mediaType, bytes });
    const found = await to.registry.findManifest(reference);
    if (found?.digest !== reference) throw otherBytes(to.registry, reference, found?.digest ?? null);
  }
}
