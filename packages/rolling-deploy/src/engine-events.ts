// What an engine tells by itself about containers: deaths, kills for lack of memory, changes of health.
import type { Clock } from '@headgate/kit/clock';
import { record, text } from './engine-answers.js';
import { type Call, linesOf } from './engine-call.js';
import { parsed } from './engine-words.js';

export interface EngineEvent {
  readonly container: string;
  readonly what: 'died' | 'out-of-memory' | 'health';
  /** Milliseconds since the epoch, by the engine's clock. */
  readonly at: number;
  /** Of a death; null when it was not told. */
  readonly exitCode: number | null;
}

export interface Hearing {
  readonly labels: Readonly<Record<string, string>>;
  readonly heard: (event: EngineEvent) => void;
  readonly signal: AbortSignal;
}

/** A stream has no end of its own; the call's deadline is for its beginning too, so an engine that is away is waited for. */
const streamMs = 24 * 3_600_000;
/** Before a stream that ended is opened again. */
const pauseMs = 1_000;

/**
 * Listens until the signal aborts, and opens the stream again where it broke off: what was told before may then come
 * twice. A hint only, so nothing that goes wrong with it is an error. Never rejects.
 */
export async function hearEvents(
  { labels, heard, signal }: Hearing,
  call: Call,
  clock: Clock,
): Promise<void> {
  let last = 0;
  while (!signal.aborted) {
    try {
      const path = eventsPath(labels, last);
      const response = await call({ method: 'GET', path, timeoutMs: streamMs, signal });
      for await (const line of linesOf(response)) {
        const event = parseEvent(line);
        if (event === null) continue;
        last = Math.max(last, event.at);
        heard(event);
      }
    } catch {
      // Whoever listens looks for himself as well.
    }
    await clock.sleep(pauseMs, signal).catch(() => undefined);
  }
}

/** One line of `GET /events`; null for what nobody waits for. */
export function parseEvent(line: string): EngineEvent | null {
  const event = record(parsed(line));
  const actor = record(event['Actor']);
  const container = text(actor['ID']);
  const what = kindOf(text(event['Action']));
  if (container === '' || what === null) return null;
  const code = Number(text(record(actor['Attributes'])['exitCode']) || 'none');
  return { container, what, at: timeOf(event), exitCode: Number.isInteger(code) ? code : null };
}

/** Docker writes `health_status: healthy`, and asks for it without the rest. */
function kindOf(action: string): EngineEvent['what'] | null {
  if (action === 'die') return 'died';
  if (action === 'oom') return 'out-of-memory';
  return action.startsWith('health_status') ? 'health' : null;
}

function timeOf(event: Readonly<Record<string, unknown>>): number {
  const nanoseconds = event['timeNano'];
  const seconds = event['time'];
  if (typeof nanoseconds === 'number') return Math.floor(nanoseconds / 1e6);
  return typeof seconds === 'number' ? seconds * 1000 : 0;
}

function eventsPath(labels: Readonly<Record<string, string>>, last: number): string {
  const label = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const filters = JSON.stringify({ type: ['container'], event: ['die', 'oom', 'health_status'], label });
  const since = last === 0 ? '' : `&since=${(last / 1000).toFixed(3)}`;
  return `/events?filters=${encodeURIComponent(filters)}${since}`;
}
