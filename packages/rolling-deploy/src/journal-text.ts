// A journal as text: what a run was about to do on a host, enough for another run to finish or undo it. No secret in it.
import { isHand } from './hand-state.js';
import type { StepKind } from './steps.js';
import type { Hand } from './undo.js';

export interface JournalEntry {
  readonly schemaVersion: 1;
  /** `held`: its step was cancelled, and what serves was left as it is on purpose. */
  readonly state: 'open' | 'held';
  /** The same for every step of one workflow run. */
  readonly owner: string;
  readonly url: string;
  /** Of the lease it was written under. */
  readonly generation: number;
  /** All hosts of its target: it began on none before it had written this on each. */
  readonly hosts: readonly string[];
  /** What it brings; '' until that is known. */
  readonly revision: string;
  readonly digest: string;
  readonly strategy: string;
  /** What it was about to do. */
  readonly step: { readonly kind: StepKind | 'begin'; readonly subject: string; readonly at: number };
  /** Null: nothing was begun, or nothing is left to undo. */
  readonly hand: Hand | null;
}

export type ReadJournal =
  | { readonly kind: 'none' }
  | { readonly kind: 'entry'; readonly entry: JournalEntry }
  | { readonly kind: 'unreadable'; readonly why: string };

const mostCharacters = 512 * 1024;

/** Of a text that anybody with the folder's rights may have written: only its form is believed. */
export function readJournal(text: string | null): ReadJournal {
  if (text === null) return { kind: 'none' };
  if (text.length > mostCharacters) return { kind: 'unreadable', why: 'it is too long' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'unreadable', why: 'it is not JSON' };
  }
  if (typeof value !== 'object' || value === null) return { kind: 'unreadable', why: 'it is no object' };
  const { schemaVersion }: { schemaVersion?: unknown } = value;
  if (schemaVersion !== 1)
    return { kind: 'unreadable', why: `its schemaVersion is ${shown(schemaVersion)} and not 1` };
  const entry = entryOf(value);
  return entry === null
    ? { kind: 'unreadable', why: 'members are missing or of another form' }
    : { kind: 'entry', entry };
}

function shown(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 80);
}

function entryOf(value: Partial<Record<keyof JournalEntry, unknown>>): JournalEntry | null {
  const { owner, url, revision, digest, strategy, generation, state, hosts, hand } = value;
  const step: Partial<Record<keyof JournalEntry['step'], unknown>> = Object(value.step);
  if (!isLine(owner) || !isLine(url) || !isLine(revision) || !isLine(digest) || !isLine(strategy))
    return null;
  if (!isLine(step.kind) || !isLine(step.subject) || !isMoment(step.at) || !isMoment(generation)) return null;
  if (state !== 'open' && state !== 'held') return null;
  if (!Array.isArray(hosts) || !hosts.every(isLine)) return null;
  if (hand !== null && !isHand(hand)) return null;
  return {
    schemaVersion: 1,
    state,
    owner,
    url,
    generation,
    hosts,
    revision,
    digest,
    strategy,
    // Only shown, so a kind that a later version has is none the worse.
    step: { kind: step.kind as StepKind, subject: step.subject, at: step.at },
    hand,
  };
}

function isLine(value: unknown): value is string {
  return typeof value === 'string' && /^[^\p{Cc}]{0,512}$/u.test(value);
}

/** As far as a date can show it. */
function isMoment(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < 8.64e15;
}
