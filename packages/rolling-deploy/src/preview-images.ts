// Which image each chosen service runs: a reference that was given, or the record's digest.
import type { Deps } from '@headgate/kit/deps';
import { InputError } from '@headgate/kit/errors';
import type { DeliveryRecord } from '@headgate/kit/record';
import { type ImageReference, imageFromRecord, parseImage } from './image.js';
import type { PreviewInputs } from './preview-inputs.js';
import type { Replacement } from './preview-template.js';
import { refuseUnsigned } from './signature-gate.js';

/** @throws {ActionError} `record-mismatch`, `image-not-in-record`, `image-without-digest` and what GitHub answers */
export async function replacementsOf(
  inputs: PreviewInputs,
  deps: Deps,
): Promise<ReadonlyMap<string, Replacement>> {
  const { services, record: source, githubToken } = inputs;
  const needed = services.find(({ image }) => image?.kind === 'record');
  if (needed !== undefined && source === null) {
    const problem = `${needed.name}: image-name was given without a record to find it in`;
    throw new InputError('services', problem, 'Set record-artifact-id and record-digest.');
  }
  const record = needed === undefined || source === null ? null : await fetch(source, githubToken, deps);
  const chosen = services.map(({ name, image, port }) => ({ name, port, found: imageOf(image, record) }));
  await refuseUnsigned(
    chosen.flatMap(({ found }) => found ?? []),
    inputs,
    deps,
  );
  return new Map(chosen.map(({ name, port, found }) => [name, { image: found?.reference ?? null, port }]));
}

/** Null: the compose file's own. */
function imageOf(
  image: PreviewInputs['services'][number]['image'],
  record: DeliveryRecord | null,
): ImageReference | null {
  if (image === null) return null;
  if (image.kind === 'reference') return parseImage(image.reference);
  return imageFromRecord(record as DeliveryRecord, image.name);
}

async function fetch(
  { artifactId, digest }: NonNullable<PreviewInputs['record']>,
  token: string,
  deps: Deps,
): Promise<DeliveryRecord> {
  const [{ fetchRecord }, github] = await Promise.all([
    import('@headgate/kit/artifacts'),
    deps.connectGitHub(token),
  ]);
  return fetchRecord(github, artifactId, digest);
}
