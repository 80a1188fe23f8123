// The inputs that say how long the parts of a deployment may take.
import { positive, type Reader } from './input-forms.js';

/** Milliseconds, all of them. */
export interface TimeInputs {
  readonly healthInterval: number;
  readonly healthDeadline: number;
  readonly settle: number;
  readonly drainDeadline: number;
  readonly stopGrace: number;
  readonly engineDeadline: number;
  readonly lockExpiry: number;
}

/** @throws {InputError} for what is no time, and for nothing where something must be waited for */
export function readTimes(reader: Reader): TimeInputs {
  return {
    healthInterval: positive(reader, 'health-interval'),
    healthDeadline: positive(reader, 'health-deadline'),
    settle: reader.duration('settle'),
    drainDeadline: reader.duration('drain-deadline'),
    stopGrace: reader.duration('stop-grace'),
    engineDeadline: positive(reader, 'engine-deadline'),
    lockExpiry: positive(reader, 'lock-expiry'),
  };
}
