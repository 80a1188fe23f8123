// Which image each chosen service runs: a reference that was given, or the record's digest.
import type { Deps } from '@headgate/kit/deps';
import { InputError } from '@headgate/kit/errors';
import type { DeliveryRecord } from '@headgate/kit/record';
import { imageFromRecord, parseImage } from './image.js';
import type { PreviewInputs } from './preview-inputs.js';
import type { Replacement } from './preview-template.js';

/** @throws {ActionError} `record-mismatch`, `image-not-in-record`, `image-without-digest` and what GitHub answers */
export async function replacementsOf(
  { services, record: source, githubToken }: PreviewInputs,
  deps: Deps,
): Promise<ReadonlyMap<string, Replacement>> {
  const needed = services.find(({ image }) => image?.kind === 'record');
  if (needed !== undefined && source === null) {
    const problem = `${needed.name}: image-name was given without a record to find it in`;
    throw new InputError('services', problem, 'Set record-artifact-id and record-digest.');
  }
  const record = needed === undefined || source === null ? null : await fetch(source, githubToken, deps);
  return new Map(
    services.map(({ name, image, port }): [string, Replacement] => {
      if (image === null) return [name, { image: null, port }];
      const found =
        image.kind === 'reference'
          ? parseImage(image.reference)
          : imageFromRecord(record as DeliveryRecord, image.name);
      return [name, { image: found.reference, port }];
    }),
  );
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
