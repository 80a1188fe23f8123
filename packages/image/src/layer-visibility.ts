// Which files of a layer a later layer deletes or replaces: nobody sees them, and they ship all the same.
import { createFileTree } from './file-tree.js';
import type { LayerContent } from './layer-entry.js';

export interface LayerVisibility {
  /** Whether a later layer hides what the layer at `layerIndex` has at `path`. */
  isHidden(layerIndex: number, path: string): boolean;
}

/**
 * @param layers from the base upwards
 * Source: OCI image specification, "Applying Changesets": a layer's whiteouts act on the layers below it only.
 */
export function layerVisibility(layers: readonly Pick<LayerContent, 'entries'>[]): LayerVisibility {
  const tree = createFileTree();
  for (const { entries } of layers) tree.add(entries);
  return tree;
}
