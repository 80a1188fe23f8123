// A container's log as the Engine API streams it: frames, each with one message behind its time; pure.

/** One message: a line, or a piece of a line longer than the engine's buffer (16 KiB). */
export interface LogMessage {
  readonly stream: 'out' | 'err';
  /** `2026-01-01T00:00:00.000000000Z`, always as long; the engine's clock. */
  readonly at: string;
  readonly bytes: Buffer;
}

export interface FrameReader {
  /** Takes bytes in any cut, answers the messages that are complete now. @throws {Error} for bytes that are no frames */
  take(chunk: Uint8Array): readonly LogMessage[];
}

const headerSize = 8;
const timeSize = '2026-01-01T00:00:00.000000000Z'.length;
/** The engine writes messages of 16 KiB at most; more is no log. */
const frameLimit = 1024 * 1024;

/**
 * Frames of a container without a terminal, asked for with `timestamps=1`: stream, three zeros, the size in four bytes,
 * then time, blank and message; a command's own output has no time. Source: Engine API, `ContainerAttach`, "Stream format".
 */
export function createFrameReader({ timed = true } = {}): FrameReader {
  let pending: Buffer = Buffer.alloc(0);
  return {
    take: (chunk) => {
      pending = pending.length === 0 ? Buffer.from(chunk) : Buffer.concat([pending, chunk]);
      const messages: LogMessage[] = [];
      let at = 0;
      while (pending.length - at >= headerSize) {
        const size = pending.readUInt32BE(at + 4);
        const stream = pending[at] ?? 0;
        if (stream > 2 || pending.readUIntBE(at + 1, 3) !== 0 || size > frameLimit)
          throw new Error('the engine’s answer is not a multiplexed log');
        const end = at + headerSize + size;
        if (end > pending.length) break;
        messages.push(messageOf(stream, pending.subarray(at + headerSize, end), timed));
        at = end;
      }
      pending = Buffer.from(pending.subarray(at));
      return messages;
    },
  };
}

function messageOf(stream: number, payload: Buffer, timed: boolean): LogMessage {
  if (!timed) return { stream: stream === 2 ? 'err' : 'out', at: '', bytes: payload };
  const at = payload.toString('latin1', 0, timeSize);
  if (!/^[\d-]{10}T[\d:.]{18}Z$/.test(at)) throw new Error('the engine’s log has a message without its time');
  return { stream: stream === 2 ? 'err' : 'out', at, bytes: payload.subarray(timeSize + 1) };
}

export interface LineReader {
  take(message: LogMessage): void;
  /** Hands on what has no line break yet. */
  end(): void;
}

/** A line is never shown in part: half of it may be half a secret, which nothing masks. */
const lineLimit = 1024 * 1024;
const tooLong = `(a line longer than ${lineLimit / 1024 / 1024} MiB is left out)`;

/** Puts the pieces of lines together, each stream by itself. */
export function createLineReader(onLine: (line: string) => void): LineReader {
  const open = { out: createOpenLine(onLine), err: createOpenLine(onLine) };
  return {
    take: ({ stream, bytes }) => open[stream].add(bytes),
    end: () => {
      for (const line of [open.out, open.err]) line.end();
    },
  };
}

interface OpenLine {
  add(bytes: Buffer): void;
  end(): void;
}

function createOpenLine(onLine: (line: string) => void): OpenLine {
  let pieces: Buffer[] = [];
  let size = 0;
  const close = (): void => {
    onLine(size > lineLimit ? tooLong : Buffer.concat(pieces).toString('utf8').replace(/\r$/, ''));
    pieces = [];
    size = 0;
  };
  const keep = (bytes: Buffer): void => {
    size += bytes.length;
    if (size <= lineLimit) pieces.push(bytes);
    else pieces = [];
  };
  return {
    add: (bytes) => {
      let from = 0;
      for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
        keep(bytes.subarray(from, at));
        close();
        from = at + 1;
      }
      if (from < bytes.length) keep(bytes.subarray(from));
    },
    end: () => {
      if (size > 0) close();
    },
  };
}
