// What is deployed and what tests it: out of the inputs, or out of the record under its digest.
import type { Deps } from '@headgate/kit/deps';
import { ActionError, InputError } from '@headgate/kit/errors';
import type { DeliveryRecord } from '@headgate/kit/record';
import type { HookRequest } from './hook-inputs.js';
import { type ImageReference, imageFromRecord, parseImage } from './image.js';
import type { Source } from './image-source.js';
import type { Inputs } from './inputs.js';
import type { TestRequest } from './test-inputs.js';

export interface PlannedTest extends TestRequest {
  readonly image: ImageReference;
}

export interface PlannedHook extends HookRequest {
  /** Of a task. */
  readonly image: ImageReference;
}

export interface Delivery {
  readonly image: ImageReference;
  /** `1.2.0` of a release; null for anything else, and without a record. */
  readonly version: string | null;
  /** The record's commit: of a release that is brought back, not the one that the run was started on. */
  readonly commit: string | null;
  readonly tests: readonly PlannedTest[];
  readonly hooks: readonly PlannedHook[];
}

export type DeliveryInputs = Pick<Inputs, 'source' | 'githubToken' | 'environment' | 'tests' | 'hooks'>;

/** @throws {ActionError} `subject-mismatch`, `record-mismatch`, `image-not-in-record` and what GitHub answers */
export async function readDelivery(inputs: DeliveryInputs, deps: Deps): Promise<Delivery> {
  const record = await readRecord(inputs, deps);
  const { source } = inputs;
  const image = imageFrom(source.image, record);
  if (record !== null && source.subject !== '') await checkApproval(inputs, record, image);
  const tests = inputs.tests.map((test) => ({
    ...test,
    image: imageOf({ ...test, input: 'tests' }, image, record),
  }));
  const hooks = inputs.hooks.map((hook) => {
    const { work, point, name } = hook;
    const imageName = work.kind === 'task' ? work.imageName : '';
    const named = { input: 'hooks', name: `${point}/${name}`, imageName };
    return { ...hook, image: imageOf(named, image, record) };
  });
  return { image, version: record?.flow.version ?? null, commit: record?.flow.commit ?? null, tests, hooks };
}

/** @throws {InputError} for a release that only its host can name */
function imageFrom(source: Source['image'], record: DeliveryRecord | null): ImageReference {
  switch (source.kind) {
    case 'reference':
      return parseImage(source.reference);
    case 'record':
      return imageFromRecord(required(record, 'image-name', 'it'), source.name);
    case 'kept':
      throw new InputError('rollback-to', 'the host was not asked yet', 'Report this as a defect.');
  }
}

async function readRecord(
  { source, githubToken }: DeliveryInputs,
  deps: Deps,
): Promise<DeliveryRecord | null> {
  if (source.record === null) return null;
  const [{ fetchRecord }, github] = await Promise.all([
    import('@headgate/kit/artifacts'),
    deps.connectGitHub(githubToken),
  ]);
  return fetchRecord(github, source.record.artifactId, source.record.digest);
}

/** What was approved is what the record holds, and the image that is deployed is one of the record's. */
async function checkApproval(
  inputs: DeliveryInputs,
  record: DeliveryRecord,
  image: ImageReference,
): Promise<void> {
  const { checkSubject } = await import('@headgate/kit/subject-check');
  const { environment, source } = inputs;
  const { subject: approved, configurationDigest } = source;
  checkSubject({ approved, record, environment, configurationDigest });
  if (record.images.some(({ digest }) => digest === image.digest)) return;
  throw new ActionError({
    code: 'subject-mismatch',
    message: `subject: images: ${image.digest} is none of the images that were approved`,
    hint: 'Deploy by image-name, which takes the digest from the record.',
  });
}

function imageOf(
  { input, name, imageName }: Pick<TestRequest, 'name' | 'imageName'> & { readonly input: string },
  deployed: ImageReference,
  record: DeliveryRecord | null,
): ImageReference {
  return imageName === ''
    ? deployed
    : imageFromRecord(required(record, input, `${name}: image-name`), imageName);
}

function required(record: DeliveryRecord | null, input: string, what: string): DeliveryRecord {
  if (record !== null) return record;
  const hint = 'Set record-artifact-id and record-digest.';
  throw new InputError(input, `${what} was given without a record to find it in`, hint);
}
