// All that is known of one instance, gathered from looks at it and from what its platform told; pure.
// Gathering is a union ordered by the platform's own times: what comes twice, late or in another order changes nothing.
import type { Happening, Observation } from './target.js';

export interface Evidence {
  /** The latest look; null before the first. */
  readonly seen: Observation | null;
  /** Milliseconds of that look. */
  readonly seenAt: number;
  /** Exit codes by the time of the death, by the platform's clock; null when it was not told. */
  readonly deaths: ReadonlyMap<number, number | null>;
  /** Times at which memory was lacking; not every such kill ends the instance. */
  readonly memoryKills: ReadonlySet<number>;
  /** Whether its health path answered, by the time of the look that was due. */
  readonly answers: ReadonlyMap<number, boolean>;
  /** Log lines read after an end, by the time of the look; empty before. */
  readonly words: ReadonlyMap<number, readonly string[]>;
}

export interface Sighting {
  readonly what: 'seen';
  /** Milliseconds, by the clock of whoever looks. */
  readonly at: number;
  readonly seen: Observation;
  /** False for a look before its time, because something was told: its answer is none more in a row. */
  readonly isDue: boolean;
}

/** Last log lines after an end: hostile text. */
export interface LastWords {
  readonly what: 'said';
  readonly at: number;
  readonly lines: readonly string[];
}

export type Note = Happening | Sighting | LastWords;

export const noEvidence: Evidence = {
  seen: null,
  seenAt: Number.NEGATIVE_INFINITY,
  deaths: new Map(),
  memoryKills: new Set(),
  answers: new Map(),
  words: new Map(),
};

/** Of each kind the latest so many are remembered. */
const memory = 16;

/** The evidence with one note more. */
export function noted(evidence: Evidence, note: Note): Evidence {
  switch (note.what) {
    case 'died': {
      // Told twice, once without its code: the code wins.
      const exitCode = note.exitCode ?? evidence.deaths.get(note.at) ?? null;
      return { ...evidence, deaths: latest(new Map([...evidence.deaths, [note.at, exitCode]])) };
    }
    case 'out-of-memory': {
      const kills = latest(new Map([...evidence.memoryKills, note.at].map((at) => [at, true])));
      return { ...evidence, memoryKills: new Set(kills.keys()) };
    }
    case 'health':
      // It says when to look; the look says what is.
      return evidence;
    case 'said':
      return { ...evidence, words: latest(new Map([...evidence.words, [note.at, note.lines]])) };
    case 'seen': {
      const answer = [[note.at, note.seen.answer.ok] as const];
      const answers = latest(new Map([...evidence.answers, ...(note.isDue ? answer : [])]));
      return note.at < evidence.seenAt
        ? { ...evidence, answers }
        : { ...evidence, answers, seen: note.seen, seenAt: note.at };
    }
  }
}

/** Health requests that failed in a row, up to the latest. */
export function failedAnswers({ answers }: Evidence): number {
  const newestFirst = [...answers].sort(([one], [other]) => other - one);
  const good = newestFirst.findIndex(([, ok]) => ok);
  return good < 0 ? newestFirst.length : good;
}

function latest<T>(items: ReadonlyMap<number, T>): ReadonlyMap<number, T> {
  return new Map([...items].sort(([one], [other]) => other - one).slice(0, memory));
}
