// Artifacts as the runner stores them: named once in a run, never changed, known by their digest.
import { createHash } from 'node:crypto';
import type { Artifact, NewArtifact } from '../model.js';
import type { State } from './state.js';

/** An artifact that GitHub would refuse; `status` as its upload service answers. */
export class ArtifactRefused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ArtifactRefused';
    this.status = status;
  }
}

/** Source: https://github.com/actions/toolkit/blob/main/packages/artifact (characters that are refused in names) */
const refusedCharacters = /[":<>|*?\r\n\\/]/u;

/**
 * Stores one artifact. The same name in the same run is refused with 409 unless `overwrite`, which deletes the former one:
 * a new id, never new bytes under an old id.
 * Source: https://github.com/actions/upload-artifact#overwriting-an-artifact
 */
export function addArtifact(state: State, given: NewArtifact, overwrite: boolean): Artifact {
  if (given.name === '' || refusedCharacters.test(given.name)) {
    throw new ArtifactRefused(400, `The artifact name is not valid: ${JSON.stringify(given.name)}`);
  }
  const same = state.artifacts.findIndex(
    (artifact) => artifact.runId === given.runId && artifact.name === given.name,
  );
  if (same !== -1 && !overwrite) {
    throw new ArtifactRefused(409, 'Conflict: an artifact with this name already exists on the workflow run');
  }
  if (same !== -1) state.artifacts.splice(same, 1);
  const zip = Uint8Array.from(given.zip);
  const digest = `sha256:${createHash('sha256').update(zip).digest('hex')}`;
  const artifact = { ...given, zip, digest, id: given.id ?? state.nextId(), createdAt: state.clock.now() };
  state.artifacts.push(artifact);
  return artifact;
}
