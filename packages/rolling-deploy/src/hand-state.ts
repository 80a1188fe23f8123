// A hand as text, from the main step to the post step: both are the same process's successor, so the shape is checked only.
import type { Instance } from './target.js';
import type { Hand } from './undo.js';

export function writeHand(hand: Hand | null): string {
  return hand === null ? '' : JSON.stringify(hand);
}

/** Null when there is nothing to undo. @throws {Error} when the text is not a hand */
export function readHand(text: string): Hand | null {
  if (text === '') return null;
  const value: unknown = JSON.parse(text);
  if (isHand(value)) return value;
  throw new Error(
    'the state of the main step is not readable; the next deployment starts from what it finds',
  );
}

function isHand(value: unknown): value is Hand {
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
