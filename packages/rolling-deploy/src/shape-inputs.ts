// What the service is: reached by what, how many of it, and whether it may be gone for a moment.
import { InputError } from '@headgate/kit/errors';
import type { Reach } from './container.js';
import type { Reader } from './input-forms.js';

export interface ShapeInputs {
  /** Null for a service that answers no requests. */
  readonly port: number | null;
  readonly reach: Reach;
  readonly instances: number;
  /** The number was left to the compose file. */
  readonly scaled: boolean;
  /** A service of which one container at a time can be there may be gone for a moment. */
  readonly allowGap: boolean;
}

/** @throws {InputError} naming the input */
export function readShape(reader: Reader): ShapeInputs {
  return { ...readPort(reader), ...readInstances(reader), allowGap: reader.boolean('allow-gap') };
}

function readPort(reader: Reader): Pick<ShapeInputs, 'port' | 'reach'> {
  const port = reader.text('port') === '' ? null : reader.integer('port', { min: 1, max: 65_535 });
  const reach = reader.choice('reach', ['port', 'address']);
  if (port !== null || reach === 'port') return { port, reach };
  const problem = 'an address was asked for, and the service has no port to be reached on';
  throw new InputError('reach', problem, 'Set port, or leave reach empty.');
}

function readInstances(reader: Reader): Pick<ShapeInputs, 'instances' | 'scaled'> {
  const scaled = reader.text('instances') === '';
  return { scaled, instances: scaled ? 1 : reader.integer('instances', { min: 1, max: 64 }) };
}
