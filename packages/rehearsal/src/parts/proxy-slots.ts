// What the proxy's slots say about its traffic, asked over its socket as any observer could, without the roll-out.
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Clock } from '@headgate/kit/clock';
import { PartError } from './part-error.js';

export type SlotState = 'in' | 'draining' | 'out';
/** By the slot's name. */
export type Slots = ReadonlyMap<string, SlotState>;

/** Bits of srv_admin_state. Source: HAProxy 2.6 management guide, "show servers state". */
const maintenanceBits = 0x01 | 0x02 | 0x20 | 0x40;
const drainBits = 0x08 | 0x10;

/** Reads the answer to `show servers state BACKEND`. @throws {PartError} `part-refused` */
export function readSlots(answer: string): Slots {
  const [version, header, ...rows] = answer.trim().split('\n');
  const names = header?.replace(/^# /, '').split(' ') ?? [];
  const [name, admin] = [names.indexOf('srv_name'), names.indexOf('srv_admin_state')];
  if (version !== '1' || name < 0 || admin < 0) throw refused(answer);
  return new Map(
    rows.map((row) => {
      const cells = row.split(' ');
      return [cells[name] ?? '', stateOf(Number(cells[admin]))];
    }),
  );
}

function stateOf(bits: number): SlotState {
  if ((bits & maintenanceBits) !== 0) return 'out';
  return (bits & drainBits) !== 0 ? 'draining' : 'in';
}

/** Whether an instance was taken out of the traffic, or one that was being drained is gone. */
export function someoneLeft(before: Slots, after: Slots): boolean {
  return [...after].some(([name, state]) => {
    const former = before.get(name) ?? 'out';
    return (former === 'in' && state !== 'in') || (former === 'draining' && state === 'out');
  });
}

export interface SlotWatch {
  /** Ends it; rejects when the proxy could not be watched. */
  stop(): Promise<void>;
}

const everyMs = 100;

/** Looks at a backend ten times a second and tells when an instance leaves the traffic, and when it is gone. */
export function watchSlots(
  place: { readonly socket: string; readonly backend: string; readonly clock: Clock },
  onLeft: () => void,
): SlotWatch {
  const over = new AbortController();
  const watch = async (): Promise<void> => {
    let before: Slots = new Map();
    while (!over.signal.aborted) {
      const after = readSlots(await ask(place.socket, `show servers state ${place.backend}`));
      if (someoneLeft(before, after)) onLeft();
      before = after;
      await place.clock.sleep(everyMs, over.signal).catch(() => undefined);
    }
  };
  const watching = watch();
  // Whoever stops it gets the rejection; nobody stopping it is no crash.
  watching.catch(() => undefined);
  return {
    stop: () => {
      over.abort();
      return watching;
    },
  };
}

const answerMs = 5_000;

async function ask(path: string, command: string): Promise<string> {
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
