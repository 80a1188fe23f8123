// Inputs that say what is to be approved.
import { InputError } from '@headgate/kit/errors';
import type { InputReader } from '@headgate/kit/inputs';

export interface RecordSource {
  readonly artifactId: string;
  readonly digest: string;
}

export interface SubjectInputs {
  /** '' when the record says it, or there is none. */
  readonly version: string;
  /** `sha256:…`, or '' when only the record says it. */
  readonly subject: string;
  readonly record: RecordSource | null;
  readonly configurationDigest: string;
  readonly notices: readonly string[];
}

type Reader = Pick<
  InputReader<
    'subject' | 'version' | 'notices' | 'record-artifact-id' | 'record-digest' | 'configuration-digest'
  >,
  'text' | 'raw'
>;

/** @throws {InputError} naming the input. */
export function readSubject(reader: Reader): SubjectInputs {
  const subject = readDigest(reader, 'subject');
  const artifactId = reader.text('record-artifact-id');
  const digest = reader.text('record-digest');
  const record = artifactId === '' && digest === '' ? null : { artifactId, digest };
  if (record === null && subject === '') {
    throw new InputError(
      'subject',
      'a digest was expected, or a record to compute it from; neither was given',
      'Give `subject: sha256:…` of what is to be approved, or record-artifact-id and record-digest.',
    );
  }
  const configurationDigest = readDigest(reader, 'configuration-digest');
  const version = reader.text('version');
  return { version, subject, record, configurationDigest, notices: readNotices(reader) };
}

function readDigest(reader: Reader, name: 'subject' | 'configuration-digest'): string {
  const text = reader.text(name);
  if (text === '' || /^sha256:[0-9a-f]{64}$/.test(text)) return text;
  throw new InputError(
    name,
    `sha256: and 64 hex digits were expected, ${JSON.stringify(text.slice(0, 80))} was found`,
    'Give a SHA-256 in lower-case hex digits.',
  );
}

/** A JSON list, as `evidence` leaves it, or lines, whole: a notice may hold commas. */
function readNotices(reader: Reader): readonly string[] {
  const { value } = reader.raw('notices');
  const given = typeof value === 'string' ? (listIn(value) ?? value) : value;
  const lines = Array.isArray(given) ? given.map(String) : String(given ?? '').split(/\r?\n/);
  return lines.map((line) => line.replaceAll(/\s+/g, ' ').trim()).filter((line) => line !== '');
}

function listIn(text: string): readonly unknown[] | null {
  if (!text.trimStart().startsWith('[')) return null;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
