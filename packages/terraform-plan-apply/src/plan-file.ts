// The plan file itself: a zip whose embedded state says on which serial and lineage it was made.
import { unzipSync } from 'fflate';
import { failure } from './failures.js';

export interface StateIdentity {
  /** 0 for a state that was never written. */
  readonly serial: number;
  /** Empty for a state that was never written. */
  readonly lineage: string;
}

const maxStateBytes = 256 * 1024 * 1024;

/** @throws {ActionError} `plan-unreadable` */
export function stateOfPlan(plan: Uint8Array): StateIdentity {
  try {
    const files = unzipSync(plan, {
      filter: ({ name, originalSize }) => name === 'tfstate' && originalSize <= maxStateBytes,
    });
    const [tfstate] = Object.values(files);
    if (tfstate === undefined) throw new Error('it holds no state');
    return readIdentity(new TextDecoder().decode(tfstate));
  } catch (cause) {
    throw failure('plan-unreadable', {
      message: `the plan file was expected to be a zip with the state it was made on: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'Switch plan encryption of the tool off: this action seals the plan itself.',
      cause,
    });
  }
}

/** Of the text of a state; the empty text is a state that was never written. @throws {Error} for another shape */
export function readIdentity(text: string): StateIdentity {
  if (text.trim() === '') return { serial: 0, lineage: '' };
  const { serial, lineage } = JSON.parse(text) as { serial?: unknown; lineage?: unknown };
  if (!Number.isSafeInteger(serial) || typeof lineage !== 'string')
    throw new Error('its state has no serial or lineage');
  return { serial: Number(serial), lineage };
}
