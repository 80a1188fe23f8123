// The hosts of one deployment, each reached, locked and read before anything is changed on any of them.
import type { Deps } from '@headgate/kit/deps';
import { type Connection, connectHost } from './connection.js';
import type { Delivery } from './delivery.js';
import { DeployError } from './errors.js';
import type { Lock } from './held-lock.js';
import type { HostPlace } from './host-inputs.js';
import { journalOf, lockHost } from './host-lease.js';
import { type Inputs, inputsOf } from './inputs.js';
import type { Journal } from './journal.js';
import { fenced } from './lease-keeper.js';
import { lostAmong } from './lost-fleet.js';
import type { LostRun } from './lost-run.js';
import { createSteps, type Steps, type StepsDeps } from './steps.js';
import type { TestedPart } from './tests.js';
import type { Transport } from './transport.js';
import type { WayBack } from './way-back.js';

export interface Place {
  readonly name: string;
  /** As this host sees them. */
  readonly inputs: Inputs;
  readonly transport: Transport;
  readonly lock: Lock;
  readonly journal: Journal;
  /** What another run left unfinished on this host; null when none did. */
  readonly lost: LostRun | null;
  readonly connection: Connection;
  /** What comes to this host. */
  readonly delivery: Delivery;
  readonly steps: Steps;
  /** Last log lines of an instance that failed on this host. */
  readonly lines: string[];
  /** What its hooks came to. */
  readonly hooked: TestedPart[];
  readonly log: (line: string) => void;
}

export type Places = readonly [Place, ...Place[]];

type Reached = Omit<Place, 'lost' | 'connection' | 'delivery' | 'steps'>;

/** The way to what is asked for on one host, once its lock is ours; what it logs is said of that host. */
export type Connect = (inputs: Inputs, transport: Transport, deps: Deps) => Promise<WayBack>;

/** @throws {DeployError} with nothing changed and nothing left open */
export async function openPlaces(
  inputs: Inputs,
  way: Connect,
  deps: Deps,
  connect: typeof connectHost = connectHost,
): Promise<Places> {
  const reached: Reached[] = [];
  try {
    // One after the other: of two runs that want the same hosts, the one that gets the first gets all.
    for (const host of inputs.hosts) reached.push(await reach(host, inputs, deps, connect));
    const lost = lostAmong(reached);
    const complete = async (place: Reached): Promise<Place> => {
      const own = { ...deps, core: { ...deps.core, info: place.log } };
      const { delivery, connection } = await named(inputs, place.name, () =>
        way(place.inputs, place.transport, own),
      );
      const target = fenced(connection.target, place.lock);
      const parts = { delivery, connection: { ...connection, target }, lost: lost.get(place.name) ?? null };
      return { ...place, ...parts, steps: stepsOf(place, deps) };
    };
    const [first, ...others] = await Promise.all(reached.map(complete));
    if (first === undefined) throw new Error('a target has no host');
    // On all before anything is begun on one: a host without it tells a later run that this one had come to its end.
    if (others.length > 0) await Promise.all(reached.map(({ journal }) => journal.note('begin', '')));
    return [first, ...others];
  } catch (error) {
    await closePlaces(reached, deps);
    throw error;
  }
}

/** Gives journals and locks back and ends the connections. Never rejects. */
export async function closePlaces(
  places: readonly Pick<Place, 'lock' | 'journal' | 'transport'>[],
  { core }: Pick<Deps, 'core'>,
): Promise<void> {
  const warn = (what: string) => (error: unknown) =>
    core.warning(`${what} was not given back: ${String(error)}`);
  const close = async ({ lock, journal, transport }: (typeof places)[number]): Promise<void> => {
    await journal.close().catch(warn('the journal'));
    await lock.release().catch(warn('the lock'));
    await transport.close();
  };
  await Promise.all(places.map(close));
}

async function reach(
  host: HostPlace,
  inputs: Inputs,
  deps: Deps,
  connect: typeof connectHost,
): Promise<Reached> {
  const own = inputsOf(inputs, host);
  const transport = connect(own, deps);
  const several = inputs.hosts.length > 1;
  const log = (line: string): void => deps.core.info(several ? `${host.name}: ${line}` : line);
  try {
    const lock = await named(inputs, host.name, () => lockHost(own, deps, transport));
    const journal = await journalOf(own, deps, { transport, lock }).catch(async (error: unknown) => {
      await lock.release().catch(() => undefined);
      throw error;
    });
    for (const notice of journal.notices) deps.core.warning(several ? `${host.name}: ${notice}` : notice);
    return { name: host.name, inputs: own, transport, lock, journal, lines: [], hooked: [], log };
  } catch (error) {
    await transport.close();
    throw error;
  }
}

/** Each step is written down first, under a lock that is still ours. */
function stepsOf({ lock, journal, log }: Reached, { clock, signal }: Deps): Steps {
  const beat: StepsDeps['beat'] = async (kind, subject) => {
    await lock.renew();
    await journal.note(kind, subject);
  };
  return createSteps({ clock, signal, log, beat });
}

/** Says on which of several hosts it was. */
async function named<T>({ hosts }: Inputs, name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (hosts.length === 1 || !(error instanceof DeployError)) throw error;
    const { code, message, hint, cause } = error;
    throw new DeployError({ code, message: `${name}: ${message}`, hint, cause });
  }
}
