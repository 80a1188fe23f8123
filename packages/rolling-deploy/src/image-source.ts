// The inputs that say which image to deploy, where the record is, and what was approved.
import { InputError } from '@headgate/kit/errors';
import type { InputReader } from '@headgate/kit/inputs';

export type ImageSource =
  | { readonly kind: 'reference'; readonly reference: string }
  | { readonly kind: 'record'; readonly name: string };

/** A release that only its host can name. */
export interface KeptSource {
  readonly kind: 'kept';
  readonly release: string;
}

export interface RecordSource {
  readonly artifactId: string;
  readonly digest: string;
}

export interface Source {
  readonly image: ImageSource | KeptSource;
  /** Null when none was given, and none is needed. */
  readonly record: RecordSource | null;
  /** `sha256:…` of what was approved, or the document as JSON; '' : nothing was bound. */
  readonly subject: string;
  /** `sha256:…` of what the environment is made with now; '' when nobody looked. */
  readonly configurationDigest: string;
}

/** Of what brings no image. */
export const noSource: Source = {
  image: { kind: 'kept', release: 'previous' },
  record: null,
  subject: '',
  configurationDigest: '',
};

/** Null when neither image nor record is given. @throws {InputError} naming the input */
export function readOptionalSource(reader: InputReader<string>): Source | null {
  const inputs = ['image', 'image-name', 'record-artifact-id', 'record-digest', 'subject'];
  return inputs.every((input) => reader.text(input) === '') ? null : readSource(reader);
}

/** @throws {InputError} naming the input */
export function readSource(reader: InputReader<string>): Source {
  const release = reader.text('rollback-to');
  if (release !== '') return wayBack(reader, release);
  const image = readImage(reader);
  const [artifactId, digest] = [reader.text('record-artifact-id'), reader.text('record-digest')];
  const given = artifactId !== '' || digest !== '';
  const subject = reader.text('subject');
  if (subject !== '' && !given) {
    const hint = 'Set record-artifact-id and record-digest.';
    throw new InputError('subject', 'it was given without a record to recompute it from', hint);
  }
  const configurationDigest = reader.text('configuration-digest');
  if (!/^(sha256:[0-9a-f]{64})?$/.test(configurationDigest)) {
    const problem = `sha256:… was expected, ${JSON.stringify(configurationDigest.slice(0, 80))} was found`;
    throw new InputError(
      'configuration-digest',
      problem,
      'Pass the output of git-flow’s mode configuration.',
    );
  }
  const record = given || image.kind === 'record' ? { artifactId, digest } : null;
  return { image, record, subject, configurationDigest };
}

/** `previous`, a version, or a digest or its beginning. */
const releaseForm = /^(previous|sha256:[0-9a-f]{12,64}|[0-9A-Za-z][0-9A-Za-z.+_-]{0,127})$/;

/** The host has what was released before; whatever the settings say of an image is about what comes next. */
function wayBack(reader: InputReader<string>, release: string): Source {
  if (!releaseForm.test(release)) {
    const problem = `previous, a version or sha256:… was expected, ${JSON.stringify(release.slice(0, 80))} was found`;
    throw new InputError('rollback-to', problem, 'Write for example previous or 1.2.0.');
  }
  if (reader.text('subject') !== '') {
    const hint = 'Leave subject empty, or deploy the release from its record.';
    throw new InputError(
      'rollback-to',
      'it was given with a subject, which approves an image of the record',
      hint,
    );
  }
  return { image: { kind: 'kept', release }, record: null, subject: '', configurationDigest: '' };
}

function readImage(reader: InputReader<string>): ImageSource {
  const reference = reader.text('image');
  const name = reader.text('image-name');
  if (reference !== '' && name !== '') {
    throw new InputError('image', 'it was given together with image-name', 'Give one of the two.');
  }
  if (reference !== '') return { kind: 'reference', reference };
  if (name !== '') return { kind: 'record', name };
  const hint =
    'Set image to host/repository@sha256:…, or image-name with record-artifact-id and record-digest.';
  throw new InputError('image', 'neither it nor image-name was given', hint);
}
