// What is remembered while an image's bytes come by: known secrets, first bytes of files that may hold others.
import type { InspectOptions, VisitedBlob } from '@headgate/image/inspection';
import { keepHeads } from '@headgate/image/kept-heads';
import type { ImageLayout } from '@headgate/image/layout';
import { createPathList, type PathList } from '@headgate/image/path-list';
import type { KnownSecret } from '@headgate/image/secret-patterns';
import { createSecretSearch, type SecretSearch } from '@headgate/image/secret-search';

/** A bill of materials of a large image has a few MiB. */
const largestDocument = 64 * 1024 * 1024;

export interface ImageWatch {
  readonly options: Required<Pick<InspectOptions, 'visit' | 'visitEntries'>>;
  readonly search: SecretSearch;
  /** First bytes of a file of a layer; null when they were not kept. */
  headOf(layer: string, path: string): Buffer | null;
  /** To be called once when all has come by. */
  end(): void;
}

/** Where each entry of the layer at hand begins, in order. */
interface Places {
  readonly offsets: number[];
  readonly paths: PathList;
}

export function watchImage({ manifests }: ImageLayout, secrets: readonly KnownSecret[]): ImageWatch {
  const search = createSecretSearch(secrets);
  const heads = keepHeads();
  let places: Places = { offsets: [], paths: createPathList() };
  let finish: () => void = () => undefined;
  const end = (): void => {
    finish();
    finish = () => undefined;
  };
  const visitEntries: ImageWatch['options']['visitEntries'] = (layer) => {
    end();
    const of: Places = { offsets: [], paths: createPathList() };
    places = of;
    const tapOf = heads.visitEntries(layer);
    return (entry, offset) => {
      of.offsets.push(offset);
      of.paths.add(entry.path);
      return tapOf?.(entry, offset) ?? null;
    };
  };
  const visit: ImageWatch['options']['visit'] = ({ kind, descriptor: { digest } }) => {
    if (search.idle) return null;
    if (kind !== 'layer') end();
    const started = startBlob(kind, { digest, places, manifests, search });
    finish = started.end;
    return started.take;
  };
  return { search, headOf: heads.headOf, end, options: { visitEntries, visit } };
}

interface Blob {
  readonly digest: string;
  readonly places: Places;
  readonly manifests: ImageLayout['manifests'];
  readonly search: SecretSearch;
}

interface StartedBlob {
  readonly take: (chunk: Uint8Array) => void;
  readonly end: () => void;
}

function startBlob(kind: VisitedBlob['kind'], { digest, places, manifests, search }: Blob): StartedBlob {
  if (kind === 'layer') {
    const layer = search.layer({ digest, index: indexOf(manifests, digest) });
    return {
      take: (chunk) => layer.push(chunk),
      end: () => layer.end((offset) => pathAt(places, offset)),
    };
  }
  const name = kind === 'attestation' ? 'attestation' : documentName(manifests, digest);
  const kept: Buffer[] = [];
  let size = 0;
  return {
    take: (chunk) => {
      size += chunk.length;
      if (size <= largestDocument) kept.push(Buffer.from(chunk));
    },
    end: () => search.document(name, Buffer.concat(kept).toString('utf8')),
  };
}

function documentName(manifests: ImageLayout['manifests'], digest: string): string {
  return manifests.some(({ config }) => config.digest === digest) ? 'configuration' : 'manifest';
}

function indexOf(manifests: ImageLayout['manifests'], digest: string): number {
  for (const { layers } of manifests) {
    const index = layers.findIndex((layer) => layer.digest === digest);
    if (index >= 0) return index;
  }
  return 0;
}

/** The last entry that begins at or before an offset. */
function pathAt({ offsets, paths }: Places, offset: number): string | null {
  let [low, high] = [0, offsets.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? null : paths.at(low - 1);
}
