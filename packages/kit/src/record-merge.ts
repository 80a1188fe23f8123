// Which of a leg's entries counts.
import type { DeliveryRecord, Entry } from './record.js';
import type { StageName } from './record-parts.js';

export interface ExpectedLeg {
  readonly stage: StageName;
  readonly name: string;
}

export interface MergeResult {
  readonly record: DeliveryRecord;
  /** One entry a leg, in the order of stage and name. */
  readonly chosen: readonly Entry[];
  /** Expected legs that left nothing. */
  readonly missing: readonly ExpectedLeg[];
  /** Chosen entries that failed or were cancelled. */
  readonly failed: readonly Entry[];
}

/** Per leg the highest attempt that succeeded, else the highest (trust.md, 'Legs and entries'). */
export function chooseEntries(entries: readonly Entry[]): readonly Entry[] {
  const best = new Map<string, Entry>();
  for (const entry of entries) {
    const key = `${entry.stage}\n${entry.name}`;
    const other = best.get(key);
    if (other === undefined || rank(entry) > rank(other)) best.set(key, entry);
  }
  return [...best.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

function rank(entry: Entry): number {
  return (entry.result === 'success' ? 1_000_000 : 0) + entry.attempt;
}
