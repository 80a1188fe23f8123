// Where a known secret was found; the value itself is in none of it.
import type { SecretEncoding } from '@headgate/kit/secret-forms';

export interface LayerPlace {
  readonly kind: 'layer';
  /** Of the layer's blob. */
  readonly layer: string;
  /** From 0, counted from the base. */
  readonly layerIndex: number;
  /** Of the file; null where the bytes belong to no file that is known, such as the archive's padding. */
  readonly path: string | null;
  /** Deleted or replaced by a later layer: nobody sees it, everybody can get it. */
  readonly hidden: boolean;
  /** Inside a file that is compressed itself. */
  readonly gzip: boolean;
}

export interface DocumentPlace {
  readonly kind: 'document';
  /** As it was given: `config`, `annotations`, `provenance` … */
  readonly document: string;
  /** JSON pointer (RFC 6901) of the text; null where it stands outside every text of the document. */
  readonly pointer: string | null;
}

export interface SecretFind {
  readonly secret: string;
  readonly place: LayerPlace | DocumentPlace;
  /** In the order they were found; never empty. */
  readonly encodings: readonly SecretEncoding[];
}

/** One find for each secret and place, with all its encodings. */
export function mergeFinds(finds: readonly SecretFind[]): readonly SecretFind[] {
  const merged = new Map<string, SecretFind>();
  for (const find of finds) {
    const key = `${find.secret}\0${placeKey(find.place)}`;
    const encodings = [...new Set([...(merged.get(key)?.encodings ?? []), ...find.encodings])];
    merged.set(key, { ...find, encodings });
  }
  return [...merged.values()];
}

function placeKey(place: LayerPlace | DocumentPlace): string {
  return place.kind === 'layer'
    ? JSON.stringify([place.layer, place.layerIndex, place.path, place.gzip])
    : JSON.stringify([place.document, place.pointer]);
}
