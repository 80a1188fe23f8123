// Looks one level into gzip: the files of a tar archive that are compressed themselves, such as manual pages.
import { createGunzip } from './gunzip.js';

/** A tar archive's files begin at multiples of this. Source: POSIX, "pax Interchange Format". */
const tarBlock = 512;
const sliceBytes = 16 * 1024;
/** What beginning a file counts for: setting up the decoder costs as much as reading this. */
const beginCost = 8 * 1024;
/** More input without any output is no gzip file, or one that is made to cost. */
const stuckBytes = 256 * 1024;

export interface GzipLimits {
  /** Unpacked bytes of one file. */
  readonly member: number;
  /** Unpacked bytes of all files of all layers together; each file counts for 8 KiB at least. */
  readonly total: number;
}

/** What is left of the limits while layer after layer is searched. */
export interface GzipBudget {
  readonly member: number;
  left: number;
}

export interface GzipEvents {
  /** Unpacked bytes of the file that begins at `at`; one file's come before the next file's. */
  readonly onBytes: (bytes: Uint8Array, at: number) => void;
  readonly onEnd: (at: number) => void;
}

export interface GzipMembers {
  /** A block of the archive, beginning at a multiple of 512. */
  push(bytes: Uint8Array, at: number): void;
  end(): void;
  /** Whether a limit kept bytes from being looked at. */
  readonly limited: boolean;
}

interface Member {
  readonly at: number;
  unpacked: number;
  stuck: number;
}

/** Reads every gzip file it meets up to the limits; what is no gzip after all is left without a word. */
export function createGzipMembers(budget: GzipBudget, events: GzipEvents): GzipMembers {
  let member: Member | null = null;
  let limited = false;
  const gunzip = createGunzip((bytes) => {
    if (member === null) return;
    member.unpacked += bytes.length;
    budget.left -= bytes.length;
    member.stuck = 0;
    events.onBytes(bytes, member.at);
  });
  const finish = (): void => {
    if (member !== null) events.onEnd(member.at);
    member = null;
  };
  const start = (at: number): Member => {
    // Beginning costs too, and an archive may be full of files that only begin.
    budget.left -= beginCost;
    gunzip.reset();
    return { at, unpacked: 0, stuck: 0 };
  };
  const feed = (reading: Member, slice: Uint8Array): void => {
    reading.stuck += slice.length;
    const over = reading.unpacked > budget.member || budget.left < 0;
    if (over) limited = true;
    if (over || reading.stuck > stuckBytes || !gunzip.push(slice)) finish();
  };
  const mayBegin = (bytes: Uint8Array, at: number): boolean => {
    if (!beginsGzip(bytes, at)) return false;
    if (budget.left < 0) limited = true;
    return budget.left >= 0;
  };
  return {
    push: (bytes, base) => {
      for (let at = 0; at < bytes.length; at += member === null ? tarBlock : sliceBytes) {
        if (member === null && !mayBegin(bytes, at)) continue;
        member ??= start(base + at);
        feed(member, bytes.subarray(at, at + sliceBytes));
      }
    },
    end: () => {
      if (member !== null) gunzip.push(new Uint8Array(1024));
      finish();
    },
    get limited() {
      return limited;
    },
  };
}

/** RFC 1952, 2.3: two magic bytes, method 8, and the reserved flags zero. */
function beginsGzip(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at] === 0x1f &&
    bytes[at + 1] === 0x8b &&
    bytes[at + 2] === 8 &&
    ((bytes[at + 3] ?? 0xff) & 0xe0) === 0
  );
}
