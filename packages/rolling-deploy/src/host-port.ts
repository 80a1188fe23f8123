// A port of the host for a new container: any of a range that systems leave alone, and another one when it is taken.
import { DeployError } from './errors.js';

/** Below the range from which systems take ports for outgoing connections (32768 on Linux). */
const firstPort = 20_000;
const portCount = 12_000;
export const portAttempts = 8;

/** `random` answers a number in [0, 1). */
export function anyPort(random: () => number): number {
  return firstPort + Math.floor(random() * portCount);
}

export function isPortTaken(error: unknown): boolean {
  return (
    error instanceof DeployError && /port is already allocated|address already in use/i.test(error.message)
  );
}
