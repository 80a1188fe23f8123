// Hands as text, from the main step to the post step: both are the same process's successor, so the shape is checked only.
import type { Instance } from './target.js';
import type { Hand } from './undo.js';

/** By the host's name; '' when there is nothing to undo. */
export function writeHands(hands: ReadonlyMap<string, Hand>): string {
  return hands.size === 0 ? '' : JSON.stringify(Object.fromEntries(hands));
}

/** @throws {Error} when the text holds no hands */
export function readHands(text: string): ReadonlyMap<string, Hand> {
  if (text === '') return new Map();
  const value: unknown = JSON.parse(text);
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const hands = entries.flatMap(([name, hand]: [string, unknown]) =>
    isHand(hand) ? [[name, hand] as const] : [],
  );
  if (hands.length > 0 && hands.length === entries.length) return new Map(hands);
  throw new Error(
    'the state of the main step is not readable; the next deployment starts from what it finds',
  );
}

export function isHand(value: unknown): value is Hand {
  if (typeof value !== 'object' || value === null) return false;
  const { former, fresh, stopping, condemned }: Partial<Record<keyof Hand, unknown>> = value;
  const instances = [former, fresh].every((list) => Array.isArray(list) && list.every(isInstance));
  const ids = Array.isArray(stopping) && stopping.every((id) => typeof id === 'string');
  return instances && ids && (condemned === null || isInstance(condemned));
}

function isInstance(value: unknown): value is Instance {
  if (typeof value !== 'object' || value === null) return false;
  const { id, name }: { id?: unknown; name?: unknown } = value;
  return typeof id === 'string' && typeof name === 'string';
}
