// Follows a growing log file: whole lines as they come, and a bounded tail at the end.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const tailBytes = 64 * 1024;
const chunkBytes = 64 * 1024;
/** A line without end must not grow in memory. */
const maxLineLength = 64 * 1024;

export interface LogTail {
  /** Reads what was written since the last call. */
  read(): void;
  /** Reads the rest, hands on the last line even without its line break, closes the file, returns the last 64 KiB. */
  finish(): string;
}

/** Follows `file`, which must exist. */
export function followLog(file: string, onLine: (line: string) => void): LogTail {
  const descriptor = openSync(file, 'r');
  const decoder = new TextDecoder();
  const buffer = Buffer.alloc(chunkBytes);
  let position = 0;
  let pending = '';
  const take = (text: string): void => {
    const lines = (pending + text).split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) onLine(line);
    if (pending.length <= maxLineLength) return;
    onLine(pending);
    pending = '';
  };
  const read = (): void => {
    for (;;) {
      const count = readSync(descriptor, buffer, 0, chunkBytes, position);
      if (count === 0) return;
      position += count;
      take(decoder.decode(buffer.subarray(0, count), { stream: true }));
    }
  };
  return {
    read,
    finish() {
      read();
      if (pending !== '') onLine(pending);
      const tail = readTail(descriptor);
      closeSync(descriptor);
      return tail;
    },
  };
}

function readTail(descriptor: number): string {
  const size = fstatSync(descriptor).size;
  const length = Math.min(size, tailBytes);
  const buffer = Buffer.alloc(length);
  const count = readSync(descriptor, buffer, 0, length, size - length);
  const text = buffer.subarray(0, count).toString('utf8');
  return size > length ? text.replace(/^\uFFFD+/, '') : text;
}
