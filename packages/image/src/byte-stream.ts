// Matches in a stream, also where a pattern crosses from one chunk into the next.
import type { ByteMatcher, OnMatch } from './byte-matcher.js';

const blockBytes = 256 * 1024;

export interface ByteStream {
  push(chunk: Uint8Array): void;
  /** Searches what is left; the stream may begin anew afterwards, at offset 0. */
  end(): void;
}

export interface ByteStreamEvents {
  /** `at` counts from the stream's begin. */
  readonly onMatch: OnMatch;
  /** The stream again, in pieces that begin at multiples of 256 KiB; the bytes are valid during the call only. */
  readonly onBlock?: (bytes: Uint8Array, at: number) => void;
}

/** Needs 256 KiB and the longest pattern's length, whatever the chunks are. Each match is told once. */
export function createByteStream(matcher: ByteMatcher, events: ByteStreamEvents): ByteStream {
  const overlap = Math.max(0, matcher.longest - 1);
  const window = Buffer.alloc(overlap + blockBytes);
  /** Bytes in front that were searched before; then bytes of the block in making. */
  let carried = 0;
  let filled = 0;
  /** Offset of the block in the stream. */
  let base = 0;
  const search = (): void => {
    const bytes = window.subarray(0, carried + filled);
    const [front, lengths] = [carried, base - carried];
    matcher.find(bytes, (pattern, at) => {
      // What ends inside the carried part was told with the block before.
      if (at + matcher.lengthOf(pattern) > front) events.onMatch(pattern, lengths + at);
    });
    events.onBlock?.(window.subarray(carried, carried + filled), base);
    const keep = Math.min(overlap, carried + filled);
    window.copyWithin(0, carried + filled - keep, carried + filled);
    base += filled;
    [carried, filled] = [keep, 0];
  };
  return {
    push: (chunk) => {
      for (let at = 0; at < chunk.length; ) {
        const part = chunk.subarray(at, at + blockBytes - filled);
        window.set(part, carried + filled);
        filled += part.length;
        at += part.length;
        if (filled === blockBytes) search();
      }
    },
    end: () => {
      if (filled > 0) search();
      [carried, filled, base] = [0, 0, 0];
    },
  };
}
