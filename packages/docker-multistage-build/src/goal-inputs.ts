// What a step does besides or instead of building and publishing its image.
import type { InputReader } from '@headgate/kit/inputs';
import { type ExportTarget, readExports } from './exports-inputs.js';
import { checkForm } from './input-checks.js';

export const goalSpecs = {
  'compare-builds': { default: 'false' },
  load: { default: 'false' },
  outputs: { default: '' },
  'build-record': { default: 'false' },
  call: { default: '' },
  'dry-run': { default: 'false' },
} as const;

export interface GoalInputs {
  /** Also builds without cache, and fails unless the digest is the same. */
  readonly compareBuilds: boolean;
  /** Puts the image into the engine as well. */
  readonly load: boolean;
  readonly exports: readonly ExportTarget[];
  /** Takes the record of the builds out of the builder's history. */
  readonly buildRecord: boolean;
  /** Empty, or what to ask of the Dockerfile instead of building. */
  readonly call: string;
  readonly dryRun: boolean;
}

/** @throws InputError */
export function readGoals(reader: InputReader<keyof typeof goalSpecs>): GoalInputs {
  return {
    compareBuilds: reader.boolean('compare-builds'),
    load: reader.boolean('load'),
    exports: readExports(reader),
    buildRecord: reader.boolean('build-record'),
    call: reader.text('call') === '' ? '' : checkForm('call', reader.text('call')),
    dryRun: reader.boolean('dry-run'),
  };
}
