// Keeps who gets the traffic while a deployment goes on: a table for each change and in long waits, and all of it for the summary.
import type { Clock } from '@headgate/kit/clock';
import type { Instance, Observation, Target } from './target.js';
import { createTrafficBook, type TrafficBook, type TrafficPoint, type TrafficRow } from './traffic-book.js';
import { liveTable } from './traffic-table.js';

export interface TrafficRecord {
  points(): readonly TrafficPoint[];
  /** Instances of the wanted version first. */
  rows(): readonly TrafficRow[];
}

export interface RecordOptions {
  readonly clock: Clock;
  /** The wanted version. */
  readonly revision: string;
  readonly log: (line: string) => void;
}

/** Milliseconds between two tables while nothing but figures change. */
const everyMs = 5_000;

/** The same target, listened to; it does nothing else than before. */
export function recordTraffic(
  target: Target,
  options: RecordOptions,
): { readonly target: Target; readonly record: TrafficRecord } {
  const book = createTrafficBook(options.revision);
  const { changed, looked } = createTeller(book, options);
  const after = async (work: Promise<void>, note: () => void): Promise<void> => {
    await work;
    note();
    changed();
  };
  const started = async (work: Promise<Instance>): Promise<Instance> => {
    const instance = await work;
    book.meet(instance).running = true;
    return instance;
  };
  const heard: Target = {
    ...target,
    read: async () => {
      const world = await target.read();
      book.reread(world.instances);
      changed();
      return world;
    },
    start: (ordinal) => started(target.start(ordinal)),
    resume: (instance) => started(target.resume(instance)),
    observe: async (instance) => {
      const seen = await target.observe(instance);
      book.meet(instance).health = healthIn(seen);
      looked();
      return seen;
    },
    admit: (instance) => after(target.admit(instance), () => book.weigh(instance, 1)),
    join: (instance) => after(target.join(instance), () => book.weigh(instance, 0)),
    split: (split) => after(target.split(split), () => book.divide(split)),
    drain: (instance) => after(target.drain(instance), () => book.weigh(instance, 0)),
    dismiss: (instance) => after(target.dismiss(instance), () => book.weigh(instance, 0)),
    counters: async (instance) => {
      const counters = await target.counters(instance);
      book.count(instance, counters);
      looked();
      return counters;
    },
    stop: (instance) => after(target.stop(instance), () => book.end(instance)),
    remove: (instance) => after(target.remove(instance), () => book.end(instance)),
  };
  return { target: heard, record: { points: book.points, rows: book.rows } };
}

/** Tables in the log: one for each change of the shares, and now and then while only figures change. */
function createTeller(book: TrafficBook, { clock, log }: RecordOptions) {
  let said = { at: clock.now(), shares: '', table: '' };
  const say = (shares: string): void => {
    const table = liveTable(book.rows());
    said = { at: clock.now(), shares, table: table.join('\n') };
    for (const line of table) log(line);
  };
  const changed = (): void => {
    book.mark(clock.now());
    const shares = sharesOf(book.rows());
    if (shares !== said.shares) say(shares);
  };
  const looked = (): void => {
    if (clock.now() - said.at < everyMs || liveTable(book.rows()).join('\n') === said.table) return;
    say(said.shares);
  };
  return { changed, looked };
}

/** What a table is made anew for at once. */
function sharesOf(rows: readonly TrafficRow[]): string {
  return JSON.stringify(rows.flatMap(({ name, weight }) => (weight > 0 ? [[name, weight]] : [])));
}

function healthIn({ running, health, answer }: Observation): string {
  if (!running) return 'ended';
  return health === 'none' ? answer.detail : health;
}
