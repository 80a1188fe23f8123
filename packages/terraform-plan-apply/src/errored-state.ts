// The state that an apply could not write to its backend: found beside the configuration, sealed so that it can be kept.
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Deps } from '@headgate/kit/deps';
import { seal } from '@headgate/kit/seal';
import type { SealKey } from '@headgate/kit/seal-key';
import { failure } from './failures.js';
import { erroredStateArtifactName, type Place } from './sealed-plan.js';

/** What Terraform and OpenTofu call it, in the directory they were started in. */
export const erroredStateName = 'errored.tfstate';

export interface Keeping {
  readonly directory: string;
  readonly place: Place;
  readonly key: SealKey;
  readonly tool: string;
  readonly deps: Deps;
}

/**
 * Applies; when the tool left its state behind, that is what people must know, whatever else went wrong.
 * @throws {ActionError} `state-not-written` with the sealed state as an output; else what `apply` throws
 */
export async function applyKeepingState(apply: () => Promise<void>, keeping: Keeping): Promise<void> {
  const file = join(keeping.directory, erroredStateName);
  // One that lay there already, as in a runner's old workspace, is not of this apply.
  const before = writtenAt(file);
  try {
    await apply();
  } catch (cause) {
    if (writtenAt(file) === before) throw cause;
    throw notWritten(sealState(file, keeping), keeping, cause);
  }
}

function writtenAt(file: string): bigint | null {
  return statSync(file, { bigint: true, throwIfNoEntry: false })?.mtimeNs ?? null;
}

function sealState(file: string, { place, key, deps }: Keeping): string {
  const folder = mkdtempSync(join(dirname(deps.temporary), 'headgate-state-'));
  const sealed = join(folder, `${erroredStateName}.sealed.json`);
  const envelope = seal(key, { content: readFileSync(file), bound: { kind: 'errored-state', ...place } });
  writeFileSync(sealed, JSON.stringify(envelope), { mode: 0o600 });
  return sealed;
}

function notWritten(sealed: string, { place, tool, deps }: Keeping, cause: unknown): Error {
  const artifact = erroredStateArtifactName(place, deps.context.runAttempt);
  const reason = cause instanceof Error ? cause.message : String(cause);
  return failure('state-not-written', {
    message: `${tool} apply was expected to write the state to its backend and could not (${reason}); the state is sealed and kept as ${artifact}`,
    hint: `Before anything else is applied: download ${artifact}, open it with \`headgate open-seal ${erroredStateName}.sealed.json --output ${erroredStateName}\`, and run \`${tool} state push ${erroredStateName}\` in ${place.directory}, workspace ${place.workspace}.`,
    cause,
    outputs: { 'errored-state': sealed, 'errored-state-artifact-name': artifact },
  });
}
