// Orders wait here until a worker comes and packs them; who came is remembered by version.
import type { Order } from './orders.ts';

/** What a worker says when it comes. */
export interface Visit {
  /** Its version. */
  readonly worker: string;
  /** Orders that it has packed since it was here last. */
  readonly packed: number;
}

export interface PackingState {
  readonly waiting: number;
  readonly workers: readonly { readonly version: string; readonly packed: number }[];
}

export interface PackingTable {
  add(order: Order): void;
  /** Hands over the orders that have waited longest. */
  visit(visit: Visit): readonly Order[];
  state(): PackingState;
}

const handful = 100;
const mostVersions = 10;

/** Keeps the newest `capacity` orders that wait. */
export function createPackingTable(capacity = 1000): PackingTable {
  const waiting: Order[] = [];
  const workers = new Map<string, number>();
  return {
    add(order) {
      waiting.push(order);
      if (waiting.length > capacity) waiting.shift();
    },
    visit({ worker, packed }) {
      workers.set(worker, (workers.get(worker) ?? 0) + packed);
      const oldest = workers.keys().next();
      if (workers.size > mostVersions && oldest.done !== true) workers.delete(oldest.value);
      return waiting.splice(0, handful);
    },
    state: () => ({
      waiting: waiting.length,
      workers: [...workers].map(([version, packed]) => ({ version, packed })),
    }),
  };
}

/** Null when it is none. */
export function readVisit(value: unknown): Visit | null {
  if (typeof value !== 'object' || value === null) return null;
  const { worker, packed } = value as { worker?: unknown; packed?: unknown };
  if (typeof worker !== 'string' || worker === '' || worker.length > 40) return null;
  if (typeof packed !== 'number' || !Number.isSafeInteger(packed) || packed < 0) return null;
  return { worker, packed };
}
