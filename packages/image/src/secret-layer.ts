// One layer's tar archive, searched as it streams by.
import type { ByteMatcher } from './byte-matcher.js';
import { createByteStream } from './byte-stream.js';
import { createGzipMembers, type GzipBudget } from './gzip-members.js';

export interface LayerMatch {
  readonly pattern: number;
  /** In the archive; of the compressed file's begin where `gzip`. */
  readonly offset: number;
  readonly gzip: boolean;
}

export interface LayerMatches {
  readonly matches: readonly LayerMatch[];
  /** Whether a limit kept compressed files from being looked into. */
  readonly limited: boolean;
}

export interface LayerStream {
  push(chunk: Uint8Array): void;
  end(): LayerMatches;
}

/** Places kept for one pattern in one layer: a file may hold a value a million times. */
const mostPlaces = 1000;

/** Files at the archive's top, compressed ones one level deep as well. */
export function createLayerStream(matcher: ByteMatcher, budget: GzipBudget): LayerStream {
  const matches: LayerMatch[] = [];
  const counts = new Map<number, number>();
  const keep = (match: LayerMatch): void => {
    const count = counts.get(match.pattern) ?? 0;
    if (count >= mostPlaces) return;
    counts.set(match.pattern, count + 1);
    matches.push(match);
  };
  let inMember = 0;
  const unpacked = createByteStream(matcher, {
    onMatch: (pattern) => keep({ pattern, offset: inMember, gzip: true }),
  });
  const members = createGzipMembers(budget, {
    onBytes: (bytes, at) => {
      inMember = at;
      unpacked.push(bytes);
    },
    onEnd: () => unpacked.end(),
  });
  const archive = createByteStream(matcher, {
    onMatch: (pattern, offset) => keep({ pattern, offset, gzip: false }),
    onBlock: (bytes, at) => members.push(bytes, at),
  });
  return {
    push: (chunk) => archive.push(chunk),
    end: () => {
      archive.end();
      members.end();
      return { matches, limited: members.limited };
    },
  };
}
