// Looks at a backend's counters while a load goes on: which instance answered how much, and which image it is.
import type { Clock } from '@headgate/kit/clock';
import {
  askProxy,
  readSlots,
  type Slots,
  type SlotWatch,
  type WatchOptions,
  watchSlots,
} from './proxy-slots.js';
import { createTrafficTally, readCounters, type TrafficReport } from './traffic-tally.js';

export interface TrafficWatch extends SlotWatch {
  /** What was seen so far. */
  traffic(): TrafficReport;
}

type Place = Pick<WatchOptions, 'socket' | 'backend'>;

export interface TrafficOptions extends Omit<WatchOptions, keyof Place> {
  /** One for each host. */
  readonly places: readonly Place[];
  readonly environment: string;
  /** Image of the instance that answers there; null when the engine knows of none. */
  readonly imageAt: (endpoint: string) => Promise<string | null>;
}

const everyMs = 300;
/** Of every proxy: asked for one by name, HAProxy takes a frontend of that name, which has no servers. */
const allServers = 'show stat -1 4 -1';

/** As `watchSlots`, and counts besides. An engine that cannot be asked costs the report a name, nothing else. */
export function watchTraffic(options: TrafficOptions, onLeft: () => void): TrafficWatch {
  const slots = options.places.map((place) => watchSlots({ ...options, ...place }, onLeft));
  const over = new AbortController();
  const images = new Map<string, string>();
  const tally = createTrafficTally();
  const { clock, environment } = options;
  const looking = every(clock, over.signal, async (atMs) => {
    const [seen, counters] = await look(options);
    tally.add(atMs, seen, counters);
    await nameNew(seen, images, options.imageAt);
  });
  return {
    stop: async () => {
      over.abort();
      await looking;
      await Promise.all(slots.map((each) => each.stop()));
    },
    traffic: () => ({ environment, samples: tally.samples(), images: new Map(images) }),
  };
}

/** Slots of several hosts have the same names, so each is told apart by its host's number. */
async function look({ places }: TrafficOptions): Promise<[Slots, ReturnType<typeof readCounters>]> {
  const seen = places.map(async ({ socket, backend }, index) => {
    const named = <T>(values: ReadonlyMap<string, T>): readonly (readonly [string, T])[] =>
      [...values].map(([name, value]) => [`${index} ${name}`, value] as const);
    const counters = named(readCounters(await askProxy(socket, allServers), backend));
    return { counters, slots: named(readSlots(await askProxy(socket, `show servers state ${backend}`))) };
  });
  const all = await Promise.all(seen);
  return [new Map(all.flatMap(({ slots }) => slots)), new Map(all.flatMap(({ counters }) => counters))];
}

async function nameNew(
  slots: Slots,
  images: Map<string, string>,
  imageAt: TrafficOptions['imageAt'],
): Promise<void> {
  for (const { endpoint, state } of slots.values()) {
    if (state !== 'in' || images.has(endpoint)) continue;
    const image = await imageAt(endpoint);
    if (image !== null) images.set(endpoint, image);
  }
}

/** Ends with the signal, or with the first failure: the slots' own watch says what is wrong with the proxy. */
async function every(
  clock: Clock,
  signal: AbortSignal,
  work: (atMs: number) => Promise<void>,
): Promise<void> {
  const began = clock.now();
  try {
    while (!signal.aborted) {
      await work(clock.now() - began);
      await clock.sleep(everyMs, signal);
    }
  } catch {
    // Aborted, or a proxy or an engine that is gone: what was counted before stays.
  }
}
