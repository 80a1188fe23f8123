// The backend's slots as places in the traffic: who has one, how one is taken, which lead nowhere.
import { DeployError } from './errors.js';
import type { ProxyControl, SlotChange } from './proxy.js';
import type { Slot } from './proxy-answers.js';
import type { Traffic } from './target.js';
import { fullWeight, weightsFor } from './weights.js';

/** The slot that leads to this port; one in use before one in maintenance that still remembers it. */
export function slotFor(slots: readonly Slot[], port: number): Slot | undefined {
  const leading = slots.filter((slot) => slot.port === port);
  return leading.find(({ state }) => state !== 'maint') ?? leading[0];
}

export function trafficOf(slots: readonly Slot[], port: number): Traffic {
  const slot = slotFor(slots, port);
  switch (slot?.state) {
    case 'ready':
      return slot.weight === 0 ? 'warm' : slot.weight === fullWeight ? 'in' : 'some';
    case 'drain':
      return 'draining';
    default:
      return 'out';
  }
}

/** A slot in maintenance, one that leads to none of our ports before one that does. @throws {DeployError} no-free-slot */
export function freeSlot(slots: readonly Slot[], ports: ReadonlySet<number>): Slot {
  const free = slots.filter(({ state }) => state === 'maint');
  const slot = free.find(({ port }) => !ports.has(port)) ?? free[0];
  if (slot !== undefined) return slot;
  throw new DeployError({
    code: 'no-free-slot',
    message: `none of the backend’s ${slots.length} slots is in maintenance, so there is no place for a new instance`,
    hint: 'Raise the number in the backend’s server-template to instances + 1 or more.',
  });
}

export interface Place {
  readonly port: number;
  /** All ports of ours. */
  readonly known: ReadonlySet<number>;
  readonly weight: number;
}

/** Gives this port a place and a weight. The slot is back in maintenance when the proxy does not take it. */
export async function takeSlot(proxy: ProxyControl, { port, known, weight }: Place): Promise<void> {
  const slots = await proxy.slots();
  const own = slotFor(slots, port);
  const slot = own ?? freeSlot(slots, known);
  try {
    if (own === undefined) await proxy.point(slot.name, port);
    const isAsWanted = own?.state === 'ready' && own.weight === weight;
    if (!isAsWanted) await proxy.change([{ slot: slot.name, weight, state: 'ready' }]);
    await proxy.taken(slot.name, port);
  } catch (error) {
    await proxy.setState(slot.name, 'maint').catch(() => undefined);
    throw error;
  }
}

/**
 * Which slots change for a split, those that gain before those that lose: the traffic always has somewhere to go.
 * @throws {DeployError} proxy-refused, when a port that is to get traffic has no slot
 */
export function slotChanges(
  slots: readonly Slot[],
  ports: { readonly fresh: readonly number[]; readonly former: readonly number[] },
  percent: number,
): readonly SlotChange[] {
  const places = (wanted: readonly number[], gets: boolean): readonly Slot[] =>
    wanted.flatMap((port) => {
      const slot = slotFor(slots, port);
      if (slot === undefined && gets) throw noPlace(port);
      return slot ?? [];
    });
  const fresh = places(ports.fresh, percent > 0);
  const former = places(ports.former, percent < 100);
  const weights = weightsFor(percent, { fresh: fresh.length, former: former.length });
  const changes = [
    ...fresh.map((slot) => ({ slot, weight: weights.fresh })),
    ...former.map((slot) => ({ slot, weight: weights.former })),
  ].map(({ slot, weight }) => ({ before: slot.weight, change: changeOf(slot, weight) }));
  const gains = changes.filter(({ before, change }) => change.weight > before || change.state !== null);
  const loses = changes.filter((each) => !gains.includes(each));
  return [...gains, ...loses].map(({ change }) => change);
}

function noPlace(port: number): DeployError {
  return new DeployError({
    code: 'proxy-refused',
    message: `a slot that leads to port ${port} was expected, the proxy has none`,
    hint: 'Look who else changes the slots of this backend.',
  });
}

function changeOf({ name, state }: Slot, weight: number): SlotChange {
  return { slot: name, weight, state: weight > 0 && state !== 'ready' ? 'ready' : null };
}

export type Stray = { readonly slot: Slot; readonly kind: 'nowhere' | 'twice' };

/** Slots in use that lead to none of these ports, or to one that an earlier slot serves already; pure. */
export function straySlots(slots: readonly Slot[], ports: ReadonlySet<number>): readonly Stray[] {
  const served = new Set<number>();
  return slots.flatMap((slot): readonly Stray[] => {
    if (slot.state === 'maint') return [];
    if (served.has(slot.port)) return [{ slot, kind: 'twice' }];
    if (!ports.has(slot.port)) return [{ slot, kind: 'nowhere' }];
    served.add(slot.port);
    return [];
  });
}
