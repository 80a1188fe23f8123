// What lost runs left on the hosts of one target, taken together.
import type { Journal } from './journal.js';
import type { JournalEntry } from './journal-text.js';
import type { LostRun } from './lost-run.js';

interface Read {
  readonly name: string;
  readonly journal: Pick<Journal, 'lost'>;
}

/**
 * By host. A run writes its journal on all hosts before it begins on one, and removes them when all are done: where one of
 * its hosts has none, it was done on all, and nothing of it is undone on the others.
 */
export function lostAmong(hosts: readonly Read[]): ReadonlyMap<string, LostRun> {
  const lost = new Map<string, LostRun>();
  for (const { name, journal } of hosts) {
    const entry = journal.lost;
    if (entry === null) continue;
    const isDone = hosts.some(
      (other) => entry.hosts.includes(other.name) && !isOfRun(other.journal.lost, entry),
    );
    lost.set(name, isDone ? { ...entry, hand: null } : entry);
  }
  return lost;
}

function isOfRun(other: JournalEntry | null, { owner }: JournalEntry): boolean {
  return other?.owner === owner;
}
