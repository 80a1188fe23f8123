// First bytes of the files that are called like a credential, kept while their layers come by: they tell a key from a sample.
import type { InspectOptions } from './inspection.js';
import { headBytes, wantsHead } from './secret-heads.js';

/** An image has a handful of such files. */
const mostHeads = 2_000;

export interface KeptHeads {
  /** To be given to `inspectImage`. */
  readonly visitEntries: NonNullable<InspectOptions['visitEntries']>;
  /** Null when none were kept. @param layer its digest */
  headOf(layer: string, path: string): Buffer | null;
}

export function keepHeads(): KeptHeads {
  const heads = new Map<string, Buffer>();
  const keep = (key: string, chunk: Buffer): void => {
    const before = heads.get(key) ?? Buffer.alloc(0);
    if (before.length >= headBytes) return;
    heads.set(key, Buffer.concat([before, chunk.subarray(0, headBytes - before.length)]));
  };
  return {
    visitEntries:
      ({ digest }) =>
      ({ path, kind }) => {
        if (kind !== 'file' || !wantsHead(path) || heads.size >= mostHeads) return null;
        return (chunk) => keep(`${digest} ${path}`, chunk);
      },
    headOf: (layer, path) => heads.get(`${layer} ${path}`) ?? null,
  };
}
