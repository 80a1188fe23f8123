// A rolling replacement as rounds: who goes first, who comes, who goes then. Pure, and blind to the kind of target.
import { countOf, type Rolling } from './strategy.js';
import type { Instance } from './target.js';

export interface Round {
  /** Out of the traffic before anything new is there: only as many as may be missing. */
  readonly first: readonly Instance[];
  /** Places to start instances for, counted from 1. */
  readonly start: readonly number[];
  /** An instance of the wanted version that serves already takes a place. */
  readonly keep: Instance | null;
  /** Out of the traffic once the new ones have proved themselves. */
  readonly replace: readonly Instance[];
}

export interface Replacement {
  /** Of other versions, and what is too many of the wanted one: in the order in which they go. */
  readonly replaced: readonly Instance[];
  /** Of the wanted version, no more than wanted. */
  readonly kept: readonly Instance[];
  readonly wanted: number;
}

interface Limits {
  /** Instances in traffic never exceed it ... */
  readonly most: number;
  /** ... nor fall below it, unless they were fewer from the beginning. */
  readonly least: number;
  readonly batch: number;
}

/** Rounds until `wanted` instances of the wanted version serve and nothing else does. */
export function planRounds({ replaced, kept, wanted }: Replacement, strategy: Rolling): readonly Round[] {
  const limits = limitsOf(strategy, { replaced: replaced.length, kept: kept.length, wanted });
  const old = [...replaced];
  const rounds: Round[] = [];
  for (const keep of kept) {
    const isLast = rounds.length === wanted - 1;
    rounds.push({ first: [], start: [], keep, replace: old.splice(0, isLast ? old.length : 1) });
  }
  for (let fresh = kept.length; fresh < wanted; ) {
    const serving = fresh + old.length;
    const want = Math.min(limits.batch, wanted - fresh);
    const first = old.splice(
      0,
      Math.max(0, Math.min(serving - limits.least, want - (limits.most - serving))),
    );
    const count = Math.min(want, limits.most - (serving - first.length));
    const start = Array.from({ length: count }, (_, index) => fresh + index + 1);
    fresh += count;
    const leaving = fresh === wanted ? old.length : Math.max(0, count - first.length);
    rounds.push({ first, start, keep: null, replace: old.splice(0, leaving) });
  }
  return rounds;
}

/** An environment with more instances than wanted keeps them until the new ones have taken over. */
function limitsOf(
  { surge, unavailable, batch }: Rolling,
  { replaced, kept, wanted }: Readonly<Record<'replaced' | 'kept' | 'wanted', number>>,
): Limits {
  const missing = Math.min(countOf(unavailable, wanted, 'down'), wanted);
  const more = countOf(surge, wanted, 'up');
  // A share of few instances may come to none, and then nothing would ever move.
  const extra = more === 0 && missing === 0 ? 1 : more;
  const most = Math.max(wanted, replaced + kept) + extra;
  // Where nobody is replaced nobody has to be waited for: all that are missing come at once.
  const usual = replaced === 0 ? wanted : extra + missing;
  const size = batch === null ? usual : countOf(batch, wanted, 'up');
  return { most, least: wanted - missing, batch: Math.max(1, size) };
}
