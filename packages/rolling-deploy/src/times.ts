// The times of a roll-out, out of the inputs.
import type { Inputs } from './inputs.js';
import type { Times } from './look.js';

export function timesOf({ healthInterval, healthDeadline, settle, drainDeadline }: Inputs): Times {
  return {
    healthIntervalMs: healthInterval,
    healthDeadlineMs: healthDeadline,
    settleMs: settle,
    drainDeadlineMs: drainDeadline,
  };
}
