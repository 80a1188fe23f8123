// Where a worker leaves its sign of life, and how old that may be: its health check has nothing else to ask.
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const signOfLife = join(tmpdir(), 'packed');
const freshMs = 10_000;

export function isAlive(signAt: number, now: number): boolean {
  return now - signAt < freshMs;
}
