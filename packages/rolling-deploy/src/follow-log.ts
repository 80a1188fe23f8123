// Follows a container's log while it lives: lines as they come, over streams that break, none lost and none twice.
import type { Clock } from '@headgate/kit/clock';
import { createFrameReader, createLineReader } from './container-log.js';
import type { Engine } from './engine.js';
import { createLogPosition } from './log-position.js';

export interface FollowDeps {
  readonly engine: Pick<Engine, 'streams'>;
  readonly clock: Clock;
  readonly onLine: (line: string) => void;
  /** Milliseconds after which one stream is given up and another one opened. */
  readonly streamMs: number;
}

export interface LogFollower {
  /** Hands on the rest once the container has ended. Rejects when the log could not be read to its end. */
  finish(): Promise<void>;
  /** Reads no more: of an engine that does not answer there is no rest to be had. */
  abandon(): Promise<void>;
}

/** Between two streams. */
const pauseMs = 250;
/** For the stream to end by itself once the container has. */
const lingerMs = 1_000;
const finishMs = 30_000;
const finishAttempts = 2;

export function followLog(id: string, deps: FollowDeps): LogFollower {
  const { clock } = deps;
  const stop = new AbortController();
  let finishing = false;
  const log = createLog(id, deps);
  const following = (async (): Promise<void> => {
    while (!finishing) {
      const options = { follow: true, timeoutMs: deps.streamMs, signal: stop.signal };
      // A stream that breaks is opened again; whether the engine is gone for good is for others to say.
      await log.read(options).catch(() => undefined);
      if (!finishing) await clock.sleep(pauseMs, stop.signal).catch(() => undefined);
    }
  })();
  return {
    abandon: async () => {
      finishing = true;
      stop.abort();
      await following;
      log.end();
    },
    finish: async () => {
      finishing = true;
      const lingering = clock.sleep(lingerMs, stop.signal).catch(() => undefined);
      await Promise.race([following, lingering]);
      stop.abort();
      await following;
      // Also after a stream that ended well: the last messages may have come after it.
      await rest(log, clock);
      log.end();
    },
  };
}

async function rest(log: Log, clock: Clock): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { signal } = new AbortController();
      return await log.read({ follow: false, timeoutMs: finishMs, signal });
    } catch (error) {
      if (attempt === finishAttempts) throw error;
      await clock.sleep(pauseMs);
    }
  }
}

interface Log {
  /** Reads one stream to its end. */
  read(options: {
    readonly follow: boolean;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
  }): Promise<void>;
  end(): void;
}

function createLog(id: string, { engine, onLine }: FollowDeps): Log {
  const position = createLogPosition();
  const lines = createLineReader(onLine);
  return {
    read: async (options) => {
      const { since, isKnown } = position.resume();
      const frames = createFrameReader();
      const response = await engine.streams.log(id, { since, ...options });
      for await (const chunk of response.body) {
        for (const message of frames.take(chunk as Uint8Array)) {
          if (isKnown(message.at)) continue;
          position.note(message.at);
          lines.take(message);
        }
      }
    },
    end: () => lines.end(),
  };
}
