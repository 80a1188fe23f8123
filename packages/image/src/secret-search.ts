// Searches an image for the secrets its build was given: every layer's bytes, deleted ones too, and its documents.
import { createRedactor } from '@headgate/kit/secrets';
import { createByteMatcher } from './byte-matcher.js';
import type { GzipLimits } from './gzip-members.js';
import { searchDocument } from './secret-document.js';
import { type DocumentPlace, type LayerPlace, mergeFinds, type SecretFind } from './secret-find.js';
import { createLayerStream, type LayerMatches } from './secret-layer.js';
import { type KnownSecret, type SkippedSecret, secretPatterns } from './secret-patterns.js';

export interface LayerIdentity {
  readonly digest: string;
  /** From 0, counted from the base. */
  readonly index: number;
}

/** The file whose header, content or padding holds the byte at `offset` of the archive; null if unknown. */
export type Locate = (offset: number) => string | null;
/** Whether a later layer deletes or replaces the file `path` of the layer at `layerIndex`. */
export type IsHidden = (layerIndex: number, path: string) => boolean;

export interface LayerSearch {
  /** The next bytes of the layer's uncompressed tar archive; they are not kept. */
  push(chunk: Uint8Array): void;
  end(locate: Locate): void;
}

export interface SecretSearch {
  /** Values that are not searched for, and why; for a notice. */
  readonly skipped: readonly SkippedSecret[];
  /** Nothing is searched for: no layer need be read. */
  readonly idle: boolean;
  /** Digests of the layers in which a limit kept compressed files from being looked into. */
  readonly limited: readonly string[];
  layer(identity: LayerIdentity): LayerSearch;
  /** `config`, `annotations`, `provenance` …: any text; JSON is looked into. */
  document(name: string, text: string): void;
  finds(isHidden: IsHidden): readonly SecretFind[];
}

export const defaultGzipLimits: GzipLimits = { member: 64 * 1024 * 1024, total: 512 * 1024 * 1024 };

/** Memory is bounded: for each open layer two windows of 256 KiB and the longest pattern, and the places found. */
export function createSecretSearch(
  secrets: readonly KnownSecret[],
  limits: GzipLimits = defaultGzipLimits,
): SecretSearch {
  const { patterns, skipped } = secretPatterns(secrets);
  const { redact } = createRedactor(secrets.map(({ value }) => value));
  const matcher = createByteMatcher(patterns.map(({ bytes }) => bytes));
  const budget = { member: limits.member, left: limits.total };
  const found: SecretFind[] = [];
  const limited: string[] = [];
  const findAt = (index: number, place: SecretFind['place']): readonly SecretFind[] => {
    const pattern = patterns[index];
    return pattern === undefined ? [] : [{ secret: pattern.secret, place, encodings: [pattern.encoding] }];
  };
  const addLayer = (identity: LayerIdentity, result: LayerMatches, locate: Locate): void => {
    if (result.limited) limited.push(identity.digest);
    for (const { pattern, offset, gzip } of result.matches)
      found.push(...findAt(pattern, layerPlace(identity, locate(offset), gzip)));
  };
  return {
    skipped,
    limited,
    idle: patterns.length === 0,
    layer: (identity) => {
      const stream = createLayerStream(matcher, budget);
      return { push: stream.push, end: (locate) => addLayer(identity, stream.end(), locate) };
    },
    document: (document, text) => {
      const finds = searchDocument(text, matcher).flatMap(({ pattern, pointer }) =>
        findAt(pattern, { kind: 'document', document, pointer }),
      );
      found.push(...withoutWritten(finds));
    },
    finds: (isHidden) => mergeFinds(found.map((find) => shown(find, isHidden, redact))),
  };
}

function layerPlace({ digest, index }: LayerIdentity, path: string | null, gzip: boolean): LayerPlace {
  return { kind: 'layer', layer: digest, layerIndex: index, path, hidden: false, gzip };
}

/** A secret found in a text of the document need not be told again for the document as it is written. */
function withoutWritten(finds: readonly SecretFind[]): readonly SecretFind[] {
  const pointed = ({ place }: SecretFind): boolean => place.kind === 'document' && place.pointer !== null;
  const told = new Set(finds.filter(pointed).map(({ secret }) => secret));
  return finds.filter((find) => pointed(find) || !told.has(find.secret));
}

/** A file's name or a document's key may hold the value as well. */
function shown(find: SecretFind, isHidden: IsHidden, redact: (text: string) => string): SecretFind {
  return { ...find, place: shownPlace(find.place, isHidden, redact) };
}

function shownPlace(
  place: LayerPlace | DocumentPlace,
  isHidden: IsHidden,
  redact: (text: string) => string,
): LayerPlace | DocumentPlace {
  if (place.kind === 'document')
    return { ...place, pointer: place.pointer === null ? null : redact(place.pointer) };
  if (place.path === null) return place;
  return { ...place, hidden: isHidden(place.layerIndex, place.path), path: redact(place.path) };
}
