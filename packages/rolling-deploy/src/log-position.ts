// How far a log was read, so that reading goes on after a broken stream with nothing lost and nothing twice; pure.

export interface LogPosition {
  /** One message was handed on. `at` as in LogMessage: texts of one length that sort by time. */
  note(at: string): void;
  /** Where to read on. */
  resume(): Resumption;
}

export interface Resumption {
  /** For the API's `since`: seconds with nine digits behind the point; '' from the beginning. */
  readonly since: string;
  /** Whether the next message of the new stream was handed on before. */
  isKnown(at: string): boolean;
}

interface Anchor {
  readonly at: string;
  /** Messages handed on that are not older. */
  count: number;
}

/** Messages between two anchors: enough that no late one of the other stream is older than the anchor used. */
const span = 1_000;

/**
 * A time alone does not do: several messages share one, and those of standard output and standard error may swap. The
 * engine keeps one order, so the messages not older than an anchor come again in it, and as many as were handed on are
 * left out.
 */
export function createLogPosition(): LogPosition {
  let older: Anchor = { at: '', count: 0 };
  let newer: Anchor = { at: '', count: 0 };
  let latest = { at: '', count: 0 };
  return {
    note: (at) => {
      for (const anchor of [older, newer]) if (at >= anchor.at) anchor.count += 1;
      if (at > latest.at) latest = { at, count: 1 };
      else if (at === latest.at) latest.count += 1;
      if (newer.count < span) return;
      older = newer;
      newer = { ...latest };
    },
    resume: () => {
      const { at: from, count } = older;
      let left = count;
      return {
        since: from === '' ? '' : secondsOf(from),
        isKnown: (at) => {
          if (at < from) return true;
          if (left === 0) return false;
          left -= 1;
          return true;
        },
      };
    },
  };
}

function secondsOf(at: string): string {
  const seconds = Math.floor(Date.parse(`${at.slice(0, 19)}Z`) / 1000);
  return `${seconds}.${at.slice(20, 29)}`;
}
