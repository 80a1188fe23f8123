// Every secret of a rehearsal, so that nothing which is kept on disk shows one.
import { unzipSync } from 'fflate';
import type { KeptLeg, KeptRun } from '../engine/kept-run.js';
import type { RepositorySettings } from '../repository-settings.js';
import { createMasks, type Masks } from '../runner/masks.js';

/** Shorter values are no secrets: no rehearsal makes any, and they would be found everywhere. */
const shortest = 8;

/** Masks of the secrets of repositories and environments, whole and by each text inside their maps. */
export function knownValues(repositories: readonly RepositorySettings[]): Masks {
  const masks = createMasks();
  for (const { secrets, environments } of repositories) {
    const all = [secrets, ...Object.values(environments).map((each) => each.secrets)];
    const values = all.flatMap((each) => Object.values(each ?? {})).flatMap(textsIn);
    // Line by line: the short ones of a key or a file of settings would be found everywhere.
    for (const line of values.flatMap((value) => value.split(/\r?\n/u)))
      if (line.trim().length >= shortest) masks.add(line);
  }
  return masks;
}

function textsIn(secret: string): readonly string[] {
  try {
    return [secret, ...leaves(JSON.parse(secret))];
  } catch {
    return [secret];
  }
}

function leaves(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(leaves);
}

/** Whether a leg shows a secret in its outputs, its summary or its artifacts. */
export function showsSecret(run: KeptRun, masks: Masks): (leg: KeptLeg) => boolean {
  return (leg) => {
    const said = [run.ref, leg.name ?? '', leg.summary, ...Object.entries(leg.outputs).flat()];
    return said.some((text) => masks.hides(text)) || leg.artifacts.some(({ zip }) => zipHides(zip, masks));
  };
}

function zipHides(zip: Uint8Array, masks: Masks): boolean {
  try {
    return Object.entries(unzipSync(zip)).some(
      ([name, bytes]) => masks.hides(name) || masks.hides(Buffer.from(bytes).toString('utf8')),
    );
  } catch {
    // What cannot be looked into is not kept.
    return true;
  }
}
