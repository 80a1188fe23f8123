// What lets a later run take this image over: the record's image part alone, in a file that a later step uploads.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deps } from '@headgate/kit/deps';
import { canonicalJson } from '@headgate/kit/digest';
import { imageArtifactName } from '@headgate/kit/record-names';
import { type Delivered, imagePart } from './report.js';

export interface EvidenceOutputs {
  /** Empty when nothing was published: what no registry has cannot be taken over. */
  readonly 'evidence-file': string;
  readonly 'evidence-name': string;
}

/** Writes the evidence of a published image beside the entry file. */
export async function writeEvidence(image: Delivered, deps: Deps): Promise<EvidenceOutputs> {
  if (image.reference === null) return { 'evidence-file': '', 'evidence-name': '' };
  const name = imageArtifactName(image.key);
  // The step's private folder ends with the step; RUNNER_TEMP lasts as long as the job.
  const file = join(deps.env['RUNNER_TEMP'] || deps.temporary, `${name}.json`);
  await writeFile(file, canonicalJson(imagePart(image)), { mode: 0o600 });
  return { 'evidence-file': file, 'evidence-name': name };
}
