// Follows a growing log file: whole lines as they come, and a bounded tail at the end.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const tailBytes = 64 * 1024;
const chunkBytes = 16 * 1024;
/** What one call reads: a child that prints faster than we read must leave time for a cancel. */
const readBytes = 2 * 1024 * 1024;
/** Of what is left at the end of a child that was stopped, whole lines of this much are handed on. */
const lastBytes = 1024 * 1024;
const usualLine = 64 * 1024;

export interface LogTail {
  /** Reads what was written since the last call, 2 MiB at most. @returns whether there may be more. */
  read(): boolean;
  /**
   * Reads the rest, hands on the last line even without its line break, closes the file, returns the last 64 KiB.
   * @param skip true leaves out all but the last MiB of the rest
   */
  finish(skip?: boolean): string;
}

/**
 * Follows `file`, which must exist.
 * @param longestLine characters after which a line is handed on in pieces: one without end must not grow in memory
 */
export function followLog(
  file: string,
  onLine: (line: string) => void,
  longestLine: number = usualLine,
): LogTail {
  const descriptor = openSync(file, 'r');
  const decoder = new TextDecoder();
  const buffer = Buffer.alloc(chunkBytes);
  let position = 0;
  let pending = '';
  const take = (text: string): void => {
    const end = text.indexOf('\n');
    if (end < 0) pending += text;
    else {
      onLine(pending + text.slice(0, end));
      const lines = text.slice(end + 1).split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    }
    if (pending.length <= longestLine) return;
    onLine(pending);
    pending = '';
  };
  const read = (): boolean => {
    for (let left = readBytes; left > 0; ) {
      const count = readSync(descriptor, buffer, 0, chunkBytes, position);
      if (count === 0) return false;
      position += count;
      left -= count;
      take(decoder.decode(buffer.subarray(0, count), { stream: true }));
    }
    return true;
  };
  const skipTo = (start: number): void => {
    if (start <= position) return;
    onLine(`${pending}… ${start - position} bytes are in the file only`);
    pending = '';
    position = start;
  };
  return {
    read,
    finish(skip = false) {
      if (skip) skipTo(fstatSync(descriptor).size - lastBytes);
      while (read());
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
