// A port of the host for a new container: any of a range that systems leave alone, and another place when it is taken.
import { DeployError } from './errors.js';

/** Below the range from which systems take ports for outgoing connections (32768 on Linux). */
const firstPort = 20_000;
const portCount = 12_000;
export const placeAttempts = 8;

/** `random` answers a number in [0, 1). */
export function anyPort(random: () => number): number {
  return firstPort + Math.floor(random() * portCount);
}

/**
 * Somebody else has the port or the address, or took the network away in which it was to be, and another one is to be tried.
 * The network without anybody in it goes when somebody tidies up, and comes back with another range.
 */
export function isPlaceTaken(error: unknown): boolean {
  return error instanceof DeployError && taken.test(error.message);
}

const taken =
  /port is already allocated|address already in use|network \S+ not found|no configured subnet or ip-range/i;
