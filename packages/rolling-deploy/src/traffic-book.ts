// What is known of each instance's part of the traffic, from what was asked of a target; blind to the kind of target.
import { type Counters, type Instance, noTraffic, type Split } from './target.js';
import { shareOf } from './traffic-picture.js';

export interface TrafficPoint {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** 0 to 100 of the requests that go to the wanted version; null while nothing serves. */
  readonly percent: number | null;
}

export interface TrafficRow {
  readonly name: string;
  readonly isFresh: boolean;
  /** Part of the requests that it gets against others: 0 for none. */
  readonly weight: number;
  readonly running: boolean;
  /** Seen while it was watched. */
  readonly responses: number;
  readonly errors: number;
  /** Of its last look; '' when it was never watched. */
  readonly health: string;
}

export interface TrafficBook {
  /** What is known of it, from now on if it is new. */
  meet(instance: Instance): Known;
  /** All of them, as a look at the world has found them. */
  reread(instances: readonly Instance[]): void;
  weigh(instance: Instance, weight: number): void;
  divide(split: Split): void;
  count(instance: Instance, counters: Counters): void;
  end(instance: Instance): void;
  /** What is so now is so since this time, in milliseconds since the epoch. */
  mark(at: number): void;
  points(): readonly TrafficPoint[];
  rows(): readonly TrafficRow[];
}

export interface Known {
  readonly name: string;
  readonly isFresh: boolean;
  weight: number;
  running: boolean;
  first: Counters | null;
  last: Counters;
  health: string;
}

/** `revision` names the wanted version. */
export function createTrafficBook(revision: string): TrafficBook {
  const known = new Map<string, Known>();
  const points: TrafficPoint[] = [];
  const meet = (instance: Instance): Known => {
    const found = known.get(instance.id) ?? strangerOf(instance, revision);
    known.set(instance.id, found);
    return found;
  };
  const rows = (): readonly TrafficRow[] =>
    [...known.values()].map(rowOf).sort((a, b) => Number(b.isFresh) - Number(a.isFresh));
  return {
    meet,
    rows,
    points: () => points,
    mark: (at) => void points.push({ at, percent: shareOf(rows()) }),
    reread: (instances) => {
      for (const instance of instances) {
        const one = meet(instance);
        one.running = instance.running;
        // How large a part is, only those who made it know.
        if (one.weight > 0 !== serves(instance)) one.weight = serves(instance) ? 1 : 0;
      }
    },
    weigh: (instance, weight) => {
      meet(instance).weight = weight;
    },
    divide: ({ fresh, former, percent }) => {
      const each = {
        fresh: percent / Math.max(fresh.length, 1),
        former: (100 - percent) / Math.max(former.length, 1),
      };
      const most = Math.max(each.fresh, each.former);
      for (const instance of fresh) meet(instance).weight = each.fresh / most;
      for (const instance of former) meet(instance).weight = each.former / most;
    },
    count: (instance, counters) => {
      const one = meet(instance);
      one.first ??= counters;
      one.last = counters;
    },
    end: (instance) => {
      const one = meet(instance);
      one.running = false;
      one.weight = 0;
    },
  };
}

function strangerOf(instance: Instance, revision: string): Known {
  const { name, running } = instance;
  const counters = { first: null, last: noTraffic };
  const weight = serves(instance) ? 1 : 0;
  return { name, running, weight, isFresh: instance.revision === revision, health: '', ...counters };
}

function serves({ running, traffic }: Instance): boolean {
  return running && (traffic === 'in' || traffic === 'some');
}

function rowOf({ name, isFresh, weight, running, first, last, health }: Known): TrafficRow {
  const before = first ?? noTraffic;
  // A counter that was reset meanwhile counts from there.
  const since = (now: number, then: number): number => (now >= then ? now - then : now);
  const responses = since(last.responses, before.responses);
  return { name, isFresh, weight, running, responses, errors: since(last.errors, before.errors), health };
}
