// Why an image has its size, and why it grew: by layer, by line of the Dockerfile, by file.
import type { LayerEntry } from './layer-entry.js';
import type { Measure, MeasuredLayer } from './measured-image.js';

export interface LayerShare {
  readonly digest: string;
  readonly layerIndex: number;
  readonly createdBy: string;
  /** Line of the Dockerfile, from 1; null where it is not known. */
  readonly line: number | null;
  readonly compressed: number;
  readonly uncompressed: number | null;
}

export interface FileShare {
  readonly path: string;
  readonly layerIndex: number;
  readonly bytes: number;
}

export interface LayerGrowth extends LayerShare {
  readonly change: 'new' | 'changed';
  /** Bytes more than the layer of the same instruction had; all of a new layer's. */
  readonly grown: number;
}

export interface FileGrowth {
  readonly path: string;
  readonly before: number;
  readonly now: number;
}

export interface Growth {
  /** The most grown first; also those that shrank. */
  readonly layers: readonly LayerGrowth[];
  /** Layers that the baseline has and the image has not. */
  readonly removed: readonly MeasuredLayer[];
  /** Paths of which more bytes ship, the most first; null where the files of one of both are not known. */
  readonly files: readonly FileGrowth[] | null;
}

export type LineOf = (layerIndex: number) => number | null;

/** How many layers and files an explanation names. */
export const mostNamed = 10;

/** The largest layers first. */
export function largestLayers(
  layers: readonly MeasuredLayer[],
  measure: Measure,
  lineOf: LineOf,
): readonly LayerShare[] {
  return layers
    .map((layer, index) => share(layer, index, lineOf))
    .sort((a, b) => (b[measure] ?? 0) - (a[measure] ?? 0))
    .slice(0, mostNamed);
}

/** The largest files first, deleted ones too: they ship. Links are not counted again. */
export function largestFiles(layers: readonly MeasuredLayer[]): readonly FileShare[] {
  const top: FileShare[] = [];
  for (const [layerIndex, { entries }] of layers.entries()) {
    for (const { path, size: bytes, kind } of entries ?? []) {
      if (kind !== 'file' || bytes <= (top[mostNamed - 1]?.bytes ?? 0)) continue;
      const place = top.findIndex((other) => other.bytes < bytes);
      top.splice(place < 0 ? top.length : place, 0, { path, layerIndex, bytes });
      top.splice(mostNamed);
    }
  }
  return top;
}

/** A layer is the same by its digest, and changed where the baseline has another one of the same instruction. */
export function explainGrowth(
  before: readonly MeasuredLayer[],
  now: readonly MeasuredLayer[],
  { measure, lineOf }: { readonly measure: Measure; readonly lineOf: LineOf },
): Growth {
  const kept = new Set(now.map(({ digest }) => digest));
  const known = new Set(before.map(({ digest }) => digest));
  const left = before.filter(({ digest }) => !kept.has(digest));
  const formers = Map.groupBy(left, ({ createdBy }) => createdBy);
  const replaced = new Set<MeasuredLayer>();
  const layers: LayerGrowth[] = [];
  for (const [index, layer] of now.entries()) {
    if (known.has(layer.digest)) continue;
    const former = layer.createdBy === '' ? undefined : formers.get(layer.createdBy)?.shift();
    if (former !== undefined) replaced.add(former);
    const grown = (layer[measure] ?? 0) - (former?.[measure] ?? 0);
    layers.push({ ...share(layer, index, lineOf), change: former === undefined ? 'new' : 'changed', grown });
  }
  return {
    layers: layers.sort((a, b) => b.grown - a.grown).slice(0, mostNamed),
    removed: left.filter((layer) => !replaced.has(layer)),
    files: grownFiles(before, now),
  };
}

function share(
  { digest, createdBy, compressed, uncompressed }: MeasuredLayer,
  layerIndex: number,
  lineOf: LineOf,
): LayerShare {
  return { digest, layerIndex, createdBy, line: lineOf(layerIndex), compressed, uncompressed };
}

function grownFiles(
  before: readonly MeasuredLayer[],
  now: readonly MeasuredLayer[],
): readonly FileGrowth[] | null {
  const old = bytesByPath(before);
  const current = old === null ? null : bytesByPath(now);
  if (old === null || current === null) return null;
  const grown: FileGrowth[] = [];
  for (const [path, bytes] of current) {
    const former = old.get(path) ?? 0;
    if (bytes > former) grown.push({ path, before: former, now: bytes });
  }
  return grown.sort((a, b) => b.now - b.before - (a.now - a.before)).slice(0, mostNamed);
}

/** What ships under each path, in all layers; null where one was not read. */
function bytesByPath(layers: readonly MeasuredLayer[]): ReadonlyMap<string, number> | null {
  const bytes = new Map<string, number>();
  const add = ({ path, size }: LayerEntry): unknown => bytes.set(path, (bytes.get(path) ?? 0) + size);
  for (const { entries } of layers) {
    if (entries === null) return null;
    for (const entry of entries) if (entry.kind === 'file') add(entry);
  }
  return bytes;
}
