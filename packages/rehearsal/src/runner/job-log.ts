// The log of a job: masked lines in a file, a bounded part of it for the job's state.
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import type { Masks } from './masks.js';

/** Bytes of a log that `JobState.log` keeps; older ones are left out and said to be. */
const keptBytes = 8 * 1024 * 1024;
const flushBytes = 64 * 1024;

export interface JobLog {
  /** One line, masked before it is kept. */
  line(text: string): void;
  /** The last part of the log, complete unless it is very long. */
  text(): string;
  /** The newest lines, everything written to the file. */
  tail(lines: number): readonly string[];
  close(): void;
}

/** Appends to `file`, in chunks. */
export function createJobLog(file: string, masks: Masks): JobLog {
  const descriptor = openSync(file, 'w+', 0o600);
  let buffer: string[] = [];
  let buffered = 0;
  const flush = (): void => {
    if (buffer.length > 0) writeSync(descriptor, buffer.join(''));
    buffer = [];
    buffered = 0;
  };
  const read = (most: number): { readonly text: string; readonly start: number } => {
    flush();
    const { size } = fstatSync(descriptor);
    const start = Math.max(0, size - most);
    const bytes = Buffer.alloc(size - start);
    readSync(descriptor, bytes, 0, bytes.length, start);
    return { text: bytes.toString('utf8'), start };
  };
  return {
    line(text) {
      const masked = `${masks.mask(text)}\n`;
      buffer.push(masked);
      buffered += masked.length;
      if (buffered > flushBytes) flush();
    },
    text() {
      const { text, start } = read(keptBytes);
      return start === 0 ? text : `(${start} bytes of the log are left out here)\n${text}`;
    },
    tail: (lines) => read(flushBytes).text.trimEnd().split('\n').slice(-lines),
    close() {
      flush();
      closeSync(descriptor);
    },
  };
}
