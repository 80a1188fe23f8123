// Requests with a sign, led to slots by a map of the proxy that `use-server` reads; the configuration's lines are in the README.
import type { Endpoint } from './endpoint.js';
import type { ProxyControl, Routing } from './proxy.js';
import type { Slot } from './proxy-answers.js';
import { slotFor } from './slots.js';
import type { Instance, Sign, Target } from './target.js';

/** As many keys as the configuration's `rand` has numbers: each request finds one of them. */
const keys = 16;

/** The whole map, spread evenly over the slots that lead there. */
export function routesFor(sign: Sign, slots: readonly Slot[], endpoints: readonly Endpoint[]): Routing {
  const places = endpoints.flatMap((endpoint) => slotFor(slots, endpoint)?.name ?? []);
  return Array.from({ length: places.length === 0 ? 0 : keys }, (_, index) => {
    return {
      key: `${sign.kind}:${sign.name}=${sign.value}/${index}`,
      slot: places[index % places.length] ?? '',
    };
  });
}

export interface RouteOptions {
  readonly proxy: ProxyControl;
  /** Absolute path of the map, as the configuration has it. */
  readonly map: string;
  readonly endpointsOf: (instances: readonly Instance[]) => readonly Endpoint[];
}

/** A sign outranks weights and draining, so it counts no longer when an instance is given or loses traffic. */
export function withRoutes(target: Target, { proxy, map, endpointsOf }: RouteOptions): Target {
  const clear = (): Promise<void> => proxy.route(map, []);
  return {
    ...target,
    // First of all, so that a proxy without the map is found out before anything is changed.
    read: async () => {
      await clear();
      return target.read();
    },
    route: async (sign, instances) =>
      proxy.route(map, sign === null ? [] : routesFor(sign, await proxy.slots(), endpointsOf(instances))),
    split: async (split) => {
      await target.split(split);
      await clear();
    },
    drain: async (instance) => {
      await clear();
      await target.drain(instance);
    },
    dismiss: async (instance) => {
      await clear();
      await target.dismiss(instance);
    },
  };
}
