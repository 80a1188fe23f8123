// What the proxy's slots say about its traffic, asked over its socket as any observer could, without the roll-out.
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Clock } from '@headgate/kit/clock';
import type { Accepts } from './connection.js';
import { PartError } from './part-error.js';

export type SlotState = 'in' | 'draining' | 'out';
export interface Slot {
  readonly state: SlotState;
  /** Where it leads: `127.0.0.1:20017`, or an address in a network of the engine, `10.146.0.77:3000`. */
  readonly endpoint: string;
}
/** By the slot's name. */
export type Slots = ReadonlyMap<string, Slot>;

/** Bits of srv_admin_state. Source: HAProxy 2.6 management guide, "show servers state". */
const maintenanceBits = 0x01 | 0x02 | 0x20 | 0x40;
const drainBits = 0x08 | 0x10;

/** Reads the answer to `show servers state BACKEND`. @throws {PartError} `part-refused` */
export function readSlots(answer: string): Slots {
  const [version, header, ...rows] = answer.trim().split('\n');
  const names = header?.replace(/^# /, '').split(' ') ?? [];
  const wanted = ['srv_name', 'srv_admin_state', 'srv_addr', 'srv_port'];
  if (version !== '1' || wanted.some((each) => !names.includes(each))) throw refused(answer);
  return new Map(
    rows.map((row) => {
      const cells = row.split(' ');
      const [name = '', admin, address, port] = wanted.map((each) => cells[names.indexOf(each)]);
      return [name, { state: stateOf(Number(admin)), endpoint: `${address}:${port}` }];
    }),
  );
}

function stateOf(bits: number): SlotState {
  if ((bits & maintenanceBits) !== 0) return 'out';
  return (bits & drainBits) !== 0 ? 'draining' : 'in';
}

/** Instances, by where they are, that no longer get new requests, though they did before. */
export function leavers(before: Slots, after: Slots): readonly string[] {
  const serving = new Set(
    [...after.values()].filter(({ state }) => state === 'in').map(({ endpoint }) => endpoint),
  );
  return [...before.values()].flatMap(({ state, endpoint }) =>
    state === 'in' && !serving.has(endpoint) ? [endpoint] : [],
  );
}

export interface SlotWatch {
  /** Ends it; rejects when the proxy could not be watched. */
  stop(): Promise<void>;
}

export interface WatchOptions {
  readonly socket: string;
  readonly backend: string;
  readonly clock: Clock;
  readonly accepts: Accepts;
}

const everyMs = 100;

/**
 * Looks at a backend ten times a second. Tells when an instance gets no new request any more, and again when it has
 * ended: what was in flight there is answered or cut by then.
 */
export function watchSlots(options: WatchOptions, onLeft: () => void): SlotWatch {
  const over = new AbortController();
  const watching = watch(options, over.signal, onLeft);
  // Whoever stops it gets the rejection; nobody stopping it is no crash.
  watching.catch(() => undefined);
  return {
    stop: () => {
      over.abort();
      return watching;
    },
  };
}

async function watch(
  { socket, backend, clock, accepts }: WatchOptions,
  signal: AbortSignal,
  onLeft: () => void,
): Promise<void> {
  let before: Slots = new Map();
  const leaving = new Set<string>();
  while (!signal.aborted) {
    const after = readSlots(await askProxy(socket, `show servers state ${backend}`));
    for (const endpoint of leavers(before, after)) {
      leaving.add(endpoint);
      onLeft();
    }
    for (const endpoint of leaving) {
      if (await isThere(endpoint, after, accepts)) continue;
      leaving.delete(endpoint);
      onLeft();
    }
    before = after;
    await clock.sleep(everyMs, signal).catch(() => undefined);
  }
}

/** Nobody answers for an address that is gone, not even by refusing: there the slot tells. */
async function isThere(endpoint: string, slots: Slots, accepts: Accepts): Promise<boolean> {
  const [host = '', port] = endpoint.split(':');
  if (host === '127.0.0.1') return accepts({ host, port: Number(port) });
  return [...slots.values()].some((slot) => slot.endpoint === endpoint && slot.state !== 'out');
}

const answerMs = 5_000;

/** The proxy's answer to one command. @throws {PartError} `part-refused` */
export async function askProxy(path: string, command: string): Promise<string> {
  const socket = connect({ path });
  socket.setTimeout(answerMs, () => socket.destroy(new Error(`no answer within ${answerMs} ms`)));
  try {
    socket.end(`${command}\n`);
    return await text(socket);
  } catch (cause) {
    throw refused(cause instanceof Error ? cause.message : String(cause));
  }
}

function refused(answer: string): PartError {
  return new PartError({
    code: 'part-refused',
    message: `the proxy was asked for its slots, it answered ${JSON.stringify(answer.slice(0, 200))}`,
    hint: 'Read haproxy.log in the rehearsal folder (keep it with --keep).',
  });
}
