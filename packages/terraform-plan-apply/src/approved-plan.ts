// The inputs that say where an apply finds its plan, and what was approved.
import { InputError } from '@headgate/kit/errors';
import { digest, type Reader } from './input-forms.js';

export interface PlanSource {
  /** Null: this run. */
  readonly runId: number | null;
  /** Null: found by name in the run. */
  readonly artifactId: number | null;
  /** A downloaded file, relative to the workspace of the job; null: from the artifact. */
  readonly file: string | null;
  /** `sha256:…`; null: from the record. */
  readonly digest: string | null;
  readonly recordArtifactId: string;
  readonly recordDigest: string;
}

/** @throws {InputError} when an apply was given nothing that says what was approved. */
export function readPlanSource(reader: Reader, mode: 'plan' | 'apply'): PlanSource {
  const approved = digest(reader, 'plan-digest');
  const recordDigest = reader.text('record-digest');
  if (mode === 'apply' && approved === '' && recordDigest === '') {
    const hint = 'Set plan-digest to the approved digest, or record-artifact-id and record-digest.';
    throw new InputError('plan-digest', 'neither it nor a record was given', hint);
  }
  if (mode === 'apply' && reader.text('subject') !== '' && recordDigest === '') {
    const hint = 'Set record-artifact-id and record-digest.';
    throw new InputError('subject', 'it was given without a record to recompute it from', hint);
  }
  return {
    runId: id(reader, 'plan-run-id'),
    artifactId: id(reader, 'plan-artifact-id'),
    file: reader.optional('sealed-plan'),
    digest: approved === '' ? null : approved,
    recordArtifactId: reader.text('record-artifact-id'),
    recordDigest,
  };
}

function id(reader: Reader, input: string): number | null {
  return reader.text(input) === '' ? null : reader.integer(input, { min: 1 });
}
