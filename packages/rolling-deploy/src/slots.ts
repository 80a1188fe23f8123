// The backend's slots as places in the traffic: who has one, how one is taken, which lead nowhere.
import type { Endpoint } from './endpoint.js';
import { DeployError } from './errors.js';
import type { ProxyControl, SlotChange } from './proxy.js';
import type { Slot } from './proxy-answers.js';
import type { Traffic } from './target.js';
import { fullWeight, weightsFor } from './weights.js';

/** The slot that leads there; one in use before one in maintenance that still remembers it. */
export function slotFor(slots: readonly Slot[], endpoint: Endpoint): Slot | undefined {
  const leading = slots.filter((slot) => slot.endpoint === endpoint);
  return leading.find(({ state }) => state !== 'maint') ?? leading[0];
}

export function trafficOf(slots: readonly Slot[], endpoint: Endpoint): Traffic {
  const slot = slotFor(slots, endpoint);
  switch (slot?.state) {
    case 'ready':
      return slot.weight === 0 ? 'warm' : slot.weight === fullWeight ? 'in' : 'some';
    case 'drain':
      return 'draining';
    default:
      return 'out';
  }
}

/** A slot in maintenance, one that leads to none of our instances before one that does. @throws {DeployError} no-free-slot */
export function freeSlot(slots: readonly Slot[], ours: ReadonlySet<Endpoint>): Slot {
  const free = slots.filter(({ state }) => state === 'maint');
  const slot = free.find(({ endpoint }) => !ours.has(endpoint)) ?? free[0];
  if (slot !== undefined) return slot;
  throw new DeployError({
    code: 'no-free-slot',
    message: `none of the backend’s ${slots.length} slots is in maintenance, so there is no place for a new instance`,
    hint: 'Raise the number in the backend’s server-template to instances + 1 or more.',
  });
}

export interface Place {
  readonly endpoint: Endpoint;
  /** Those of all our instances. */
  readonly known: ReadonlySet<Endpoint>;
  readonly weight: number;
}

/** Gives an instance a place and a weight. The slot is back in maintenance when the proxy does not take it. */
export async function takeSlot(proxy: ProxyControl, { endpoint, known, weight }: Place): Promise<void> {
  const slots = await proxy.slots();
  const own = slotFor(slots, endpoint);
  const slot = own ?? freeSlot(slots, known);
  try {
    if (own === undefined) await proxy.point(slot.name, endpoint);
    const isAsWanted = own?.state === 'ready' && own.weight === weight;
    if (!isAsWanted) await proxy.change([{ slot: slot.name, weight, state: 'ready' }]);
    await proxy.taken(slot.name, endpoint);
  } catch (error) {
    await proxy.setState(slot.name, 'maint').catch(() => undefined);
    throw error;
  }
}

/**
 * Which slots change for a split, those that gain before those that lose: the traffic always has somewhere to go.
 * @throws {DeployError} proxy-refused, when an instance that is to get traffic has no slot
 */
export function slotChanges(
  slots: readonly Slot[],
  endpoints: { readonly fresh: readonly Endpoint[]; readonly former: readonly Endpoint[] },
  percent: number,
): readonly SlotChange[] {
  const places = (wanted: readonly Endpoint[], gets: boolean): readonly Slot[] =>
    wanted.flatMap((endpoint) => {
      const slot = slotFor(slots, endpoint);
      if (slot === undefined && gets) throw noPlace(endpoint);
      return slot ?? [];
    });
  const fresh = places(endpoints.fresh, percent > 0);
  const former = places(endpoints.former, percent < 100);
  const weights = weightsFor(percent, { fresh: fresh.length, former: former.length });
  const changes = [
    ...fresh.map((slot) => ({ slot, weight: weights.fresh })),
    ...former.map((slot) => ({ slot, weight: weights.former })),
  ].map(({ slot, weight }) => ({ before: slot.weight, change: changeOf(slot, weight) }));
  const gains = changes.filter(({ before, change }) => change.weight > before || change.state !== null);
  const loses = changes.filter((each) => !gains.includes(each));
  return [...gains, ...loses].map(({ change }) => change);
}

function noPlace(endpoint: Endpoint): DeployError {
  return new DeployError({
    code: 'proxy-refused',
    message: `a slot that leads to ${endpoint} was expected, the proxy has none`,
    hint: 'Look who else changes the slots of this backend.',
  });
}

function changeOf({ name, state }: Slot, weight: number): SlotChange {
  return { slot: name, weight, state: weight > 0 && state !== 'ready' ? 'ready' : null };
}

export type Stray = { readonly slot: Slot; readonly kind: 'nowhere' | 'twice' };

/** Slots in use that lead to none of these, or to one that an earlier slot serves already; pure. */
export function straySlots(slots: readonly Slot[], ours: ReadonlySet<Endpoint>): readonly Stray[] {
  const served = new Set<Endpoint>();
  return slots.flatMap((slot): readonly Stray[] => {
    if (slot.state === 'maint') return [];
    if (served.has(slot.endpoint)) return [{ slot, kind: 'twice' }];
    if (!ours.has(slot.endpoint)) return [{ slot, kind: 'nowhere' }];
    served.add(slot.endpoint);
    return [];
  });
}
