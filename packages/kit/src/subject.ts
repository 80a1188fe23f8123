// The subject of an approval: what people approve, as one document with one digest (source: trust.md).
import { digestOf } from './digest.js';
import { ActionError } from './errors.js';
import type { DeliveryRecord } from './record.js';
import type { PlanPart } from './record-parts.js';

export interface SubjectImage {
  readonly name: string;
  readonly digest: string;
}
export interface SubjectMachineImage {
  readonly builder: string;
  readonly region: string;
  readonly id: string;
}
export type SubjectPlan = Pick<PlanPart, 'directory' | 'workspace' | 'fileDigest' | 'meaningDigest'>;

export interface SubjectParts {
  readonly repository: string;
  readonly commit: string;
  readonly tree: string;
  readonly version: string | null;
  readonly environment: string;
  readonly images: readonly SubjectImage[];
  readonly machineImages: readonly SubjectMachineImage[];
  readonly plans: readonly SubjectPlan[];
  readonly configurationDigest: string;
}

export interface Subject extends SubjectParts {
  readonly schema: 1;
}

/** The document: known members only, arrays sorted by their first key, then the others in order. */
export function createSubject(parts: SubjectParts): Subject {
  const { repository, commit, tree, version, environment, configurationDigest } = parts;
  const images = parts.images.map(({ name, digest }) => ({ name, digest }));
  const machineImages = parts.machineImages.map(({ builder, region, id }) => ({ builder, region, id }));
  const plans = parts.plans.map(({ directory, workspace, fileDigest, meaningDigest }) => ({
    directory,
    workspace,
    fileDigest,
    meaningDigest,
  }));
  return {
    schema: 1,
    repository,
    commit,
    tree,
    version,
    environment,
    images: sorted(images),
    machineImages: sorted(machineImages),
    plans: sorted(plans),
    configurationDigest,
  };
}

/** `sha256:…` of the RFC 8785 form. */
export function subjectDigest(subject: Subject): string {
  return digestOf(subject);
}

/** Members that are not the same on both sides, in the document's order. */
export function differingMembers(found: Subject, expected: Subject): readonly string[] {
  const names = Object.keys(found) as (keyof Subject)[];
  return names.filter((name) => digestOf({ value: found[name] }) !== digestOf({ value: expected[name] }));
}

/**
 * The subject as the record has it now, for one environment.
 * @throws {ActionError} `invalid-record` when a machine image or a plan lacks a member of the subject.
 */
export function subjectOfRecord(
  record: DeliveryRecord,
  { environment, configurationDigest }: Pick<SubjectParts, 'environment' | 'configurationDigest'>,
): Subject {
  const { repository, commit, tree, version } = record.flow;
  return createSubject({
    repository,
    commit,
    tree,
    version,
    environment,
    configurationDigest,
    images: record.images,
    machineImages: record.machineImages,
    plans: plansOfRecord(record, environment),
  });
}

/** The plans for an environment that were made, not those that were applied. @throws {ActionError} `invalid-record` */
export function plansOfRecord(
  record: Pick<DeliveryRecord, 'plans'>,
  environment: string,
): readonly SubjectPlan[] {
  return record.plans
    .filter((part) => member(part, 'plans', 'outcome') === 'planned')
    .filter((part) => member(part, 'plans', 'environment') === environment)
    .map((part) => ({
      directory: member(part, 'plans', 'directory'),
      workspace: member(part, 'plans', 'workspace'),
      fileDigest: member(part, 'plans', 'fileDigest'),
      meaningDigest: member(part, 'plans', 'meaningDigest'),
    }));
}

function member(part: unknown, list: string, name: string): string {
  const value = part !== null && typeof part === 'object' ? (part as Record<string, unknown>)[name] : null;
  if (typeof value === 'string') return value;
  throw new ActionError({
    code: 'invalid-record',
    message: `record: ${list}: a text named ${name} was expected in each`,
    hint: 'Use the same release of Headgate for every job of a run.',
  });
}

/** By UTF-16 code units, as RFC 8785 sorts names. */
function sorted<T extends Readonly<Record<string, string>>>(items: readonly T[]): readonly T[] {
  const key = (item: T): readonly string[] => Object.values(item);
  return [...items].sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    const index = left.findIndex((value, position) => value !== right[position]);
    return index < 0 ? 0 : (left[index] ?? '') < (right[index] ?? '') ? -1 : 1;
  });
}
