// The forms that several inputs of git-flow have: paths, JSON objects, digests, the record's place.
import { InputError } from '@headgate/kit/errors';
import type { InputReader } from '@headgate/kit/inputs';

export type Reader = InputReader<string>;
export type JobResult = 'success' | 'failure' | 'cancelled' | 'skipped';

/** Where the record of the barrier before is; both empty where there was none. */
export interface RecordPlace {
  readonly recordArtifactId: string;
  readonly recordDigest: string;
}

export function readRecordPlace(reader: Reader): RecordPlace {
  return {
    recordArtifactId: reader.text('record-artifact-id'),
    recordDigest: reader.text('record-digest'),
  };
}

/** A path inside the repository. @throws {InputError} */
export function readPath(reader: Reader, name: string): string {
  const text = reader.text(name);
  const inside = !text.startsWith('/') && !text.split('/').includes('..') && !/[\p{Cc}\\]/u.test(text);
  if (inside && text !== '') return text;
  throw new InputError(
    name,
    `a path inside the repository was expected, ${JSON.stringify(text.slice(0, 80))} was found`,
    'Write it from the repository root, such as headgate.yml.',
  );
}

/** `''` or X.Y.Z. @throws {InputError} */
export function readVersion(reader: Reader): string {
  return readMatching(reader, 'version', {
    pattern: /^(?:0|[1-9][0-9]{0,8})(?:\.(?:0|[1-9][0-9]{0,8})){2}$/,
    wanted: 'a version X.Y.Z',
  });
}

/** `''` or `sha256:…`. @throws {InputError} */
export function readDigest(reader: Reader, name: string): string {
  return readMatching(reader, name, {
    pattern: /^sha256:[0-9a-f]{64}$/,
    wanted: 'sha256: and 64 hex digits',
  });
}

export interface Form {
  readonly pattern: RegExp;
  readonly wanted: string;
}

/** `''` or a text of that form. @throws {InputError} */
export function readMatching(reader: Reader, name: string, { pattern, wanted }: Form): string {
  const text = reader.text(name);
  if (text === '' || pattern.test(text)) return text;
  const found = JSON.stringify(text.slice(0, 80));
  throw new InputError(name, `${wanted} was expected, ${found} was found`, `Write ${wanted}.`);
}

/** `toJSON(vars)`: names to texts. @throws {InputError} */
export function readVariables(reader: Reader): ReadonlyMap<string, string> {
  const variables = readObject('vars', reader.raw('vars').value, `Pass vars: \${{ toJSON(vars) }}.`);
  return new Map(Object.entries(variables).map(([name, text]) => [name, String(text)]));
}

const needsHint = `Pass needs: \${{ toJSON(needs) }}.`;

/** `toJSON(needs)`: only the results; outputs stay unread. @throws {InputError} */
export function readNeeds(reader: Reader): ReadonlyMap<string, JobResult> {
  const needs = new Map<string, JobResult>();
  for (const [job, { result }] of readJobs(reader)) {
    if (!isJobResult(result)) throw new InputError('needs', `the job ${job} has no result`, needsHint);
    needs.set(job, result);
  }
  return needs;
}

/** The output `failure` of those that have one. */
export function readHandedOn(reader: Reader): ReadonlyMap<string, string> {
  return new Map(
    readJobs(reader).flatMap(([job, { outputs }]) => {
      const failure = outputs?.['failure'];
      return typeof failure === 'string' && failure !== '' ? [[job, failure] as const] : [];
    }),
  );
}

interface NeededJob {
  readonly result?: unknown;
  readonly outputs?: Readonly<Record<string, unknown>> | null;
}

function readJobs(reader: Reader): readonly (readonly [string, NeededJob])[] {
  const jobs = Object.entries(readObject('needs', reader.raw('needs').value, needsHint));
  return jobs.map(([job, entry]) => [job, (entry ?? {}) as NeededJob] as const);
}

function isJobResult(value: unknown): value is JobResult {
  return value === 'success' || value === 'failure' || value === 'cancelled' || value === 'skipped';
}

function readObject(name: string, value: unknown, hint: string): Readonly<Record<string, unknown>> {
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  throw new InputError(name, 'a JSON object was expected', hint);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text);
  } catch {
    return null;
  }
}

/** What the modes of a release are given, each of them. */
export interface Given {
  /** The decision's JSON; empty when it was not passed on. */
  readonly decision: string;
  /** Path of headgate.yml from the workspace. */
  readonly configuration: string;
  readonly githubToken: string;
}

/** @throws {InputError} */
export function readGiven(reader: Reader): Given {
  return {
    decision: reader.text('decision'),
    configuration: readPath(reader, 'configuration'),
    githubToken: reader.text('github-token'),
  };
}
