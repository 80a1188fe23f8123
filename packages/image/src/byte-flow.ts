// Bytes from a blob through its unpacker to whoever looks at them, in as little memory as Node allows.
import { type Readable, type Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isImageFailure } from './failures.js';

export interface Unpacker {
  readonly stream: Transform;
  /** Cuts a chunk into what may be written at once. */
  readonly split: (chunk: Buffer) => readonly Buffer[];
}

/** Bytes that unpackers give at once. */
export const chunkSize = 1 << 18;

export interface Flow {
  /** Sees each chunk before it is unpacked. What it throws ends the flow. */
  readonly look: (chunk: Buffer) => void;
  /** Null for what is not packed. */
  readonly unpacker: Unpacker | null;
  /** Gets what comes out. What it throws ends the flow. */
  readonly take: (chunk: Buffer) => void;
  readonly signal: AbortSignal;
}

/** @throws what `look` or `take` threw; else what a stream failed with */
export async function feed(blob: Readable, { look, unpacker, take, signal }: Flow): Promise<void> {
  if (unpacker === null) {
    const both = (chunk: Buffer): void => {
      look(chunk);
      take(chunk);
    };
    await pipeline(blob, sink(both), { signal });
    return;
  }
  const stop = new AbortController();
  const either = { signal: AbortSignal.any([signal, stop.signal]) };
  const flows = [
    pipeline(blob, feeder(unpacker, look), either),
    pipeline(unpacker.stream, sink(take), either),
  ].map((flow) =>
    flow.catch((error: unknown) => {
      stop.abort(error);
      throw error;
    }),
  );
  const reasons = (await Promise.allSettled(flows)).flatMap((one) =>
    one.status === 'rejected' ? [one.reason as unknown] : [],
  );
  // One end fails with the reason, the other because the first one has failed.
  if (reasons.length > 0) throw reasons.find(isImageFailure) ?? stop.signal.reason;
}

function feeder({ stream, split }: Unpacker, look: (chunk: Buffer) => void): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      attempt(done, () => {
        look(chunk);
        const pieces = split(chunk);
        const last = pieces.at(-1);
        for (const piece of pieces.slice(0, -1)) stream.write(piece);
        const written = (error?: Error | null): void => {
          release(chunk);
          done(error);
        };
        if (last === undefined) written();
        else stream.write(last, written);
      });
    },
    final(done) {
      stream.end(done);
    },
  });
}

function sink(take: (chunk: Buffer) => void): Writable {
  return new Writable({
    // One chunk waits while the next one is unpacked by another thread: hence also setImmediate.
    highWaterMark: 2 * chunkSize,
    write(chunk: Buffer, _encoding, done) {
      setImmediate(() =>
        attempt(done, () => {
          take(chunk);
          release(chunk);
          done();
        }),
      );
    },
  });
}

function attempt(done: (error: Error) => void, work: () => void): void {
  try {
    work();
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)));
  }
}

/**
 * Gives a chunk's memory back at once. The collector would wait until 64 MB of such chunks lie about (measured with Node
 * 24), which is as much as Node itself takes. Only buffers of their own that have been used to the end: an unpacker fills
 * one in several steps.
 */
function release({ buffer, byteOffset, byteLength }: Buffer): void {
  const whole = byteOffset + byteLength === buffer.byteLength && buffer.byteLength >= 1 << 16;
  if (whole && buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
}
