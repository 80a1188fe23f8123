// The backend's slots as places in the traffic: who has one, how one is taken, which lead nowhere.
import { DeployError } from './errors.js';
import type { ProxyControl } from './proxy.js';
import type { Slot } from './proxy-answers.js';
import type { Traffic } from './target.js';

/** The slot that leads to this port; one in use before one in maintenance that still remembers it. */
export function slotFor(slots: readonly Slot[], port: number): Slot | undefined {
  const leading = slots.filter((slot) => slot.port === port);
  return leading.find(({ state }) => state !== 'maint') ?? leading[0];
}

export function trafficOf(slots: readonly Slot[], port: number): Traffic {
  switch (slotFor(slots, port)?.state) {
    case 'ready':
      return 'in';
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

/** Gives this port traffic; `known` are all ports of ours. The slot is back in maintenance when the proxy does not take it. */
export async function takeSlot(proxy: ProxyControl, port: number, known: ReadonlySet<number>): Promise<void> {
  const slots = await proxy.slots();
  const own = slotFor(slots, port);
  const slot = own ?? freeSlot(slots, known);
  try {
    if (own === undefined) await proxy.point(slot.name, port);
    if (own?.state !== 'ready') await proxy.setState(slot.name, 'ready');
    await proxy.taken(slot.name, port);
  } catch (error) {
    await proxy.setState(slot.name, 'maint').catch(() => undefined);
    throw error;
  }
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
