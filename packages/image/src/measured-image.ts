// Sizes of an image, of which a baseline may know less than the image at hand.
import type { LayerEntry } from './layer-entry.js';

/** A `LayerContent` is one that knows everything. */
export interface MeasuredLayer {
  readonly digest: string;
  /** The instruction as the image's history has it; '' when it has none. */
  readonly createdBy: string;
  /** Bytes of the blob. */
  readonly compressed: number;
  /** Bytes of the tar archive; null where only the manifest was read. */
  readonly uncompressed: number | null;
  /** Null where the layer was not read. */
  readonly entries: Iterable<LayerEntry> | null;
}

export interface MeasuredPlatform {
  /** `linux/amd64`, `linux/arm/v7` … */
  readonly platform: string;
  /** From the base upwards. */
  readonly layers: readonly MeasuredLayer[];
}

export type Baseline =
  | { readonly kind: 'missing' /** One clause for people. */; readonly reason: string }
  | {
      readonly kind: 'known';
      /** As people call it: a reference with tag or digest, or a file. */
      readonly name: string;
      readonly platforms: readonly MeasuredPlatform[];
    };

export const measures = ['compressed', 'uncompressed'] as const;
/** Bytes that are pulled, or bytes that a disk holds. */
export type Measure = (typeof measures)[number];

/** Sum over the layers; null where one of them is not known. */
export function sizeOf(layers: readonly MeasuredLayer[], measure: Measure): number | null {
  let sum = 0;
  for (const layer of layers) {
    const bytes = layer[measure];
    if (bytes === null) return null;
    sum += bytes;
  }
  return sum;
}
