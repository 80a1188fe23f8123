// What is to be approved: recomputed from the record, or a digest that the caller answers for.
import type { Deps } from '@headgate/kit/deps';
import { InputError } from '@headgate/kit/errors';
import type { GitHub } from '@headgate/kit/github';
import type { DeliveryRecord } from '@headgate/kit/record';
import type { ImagePart, MachineImagePart, PlanPart } from '@headgate/kit/record-parts';
import { subjectDigest, subjectOfRecord } from '@headgate/kit/subject';
import { checkSubject } from '@headgate/kit/subject-check';
import { failure } from './failures.js';
import type { GateInputs } from './inputs.js';

export interface Content {
  /** `sha256:…` */
  readonly subject: string;
  readonly environment: string;
  /** '' when nobody says it. */
  readonly application: string;
  readonly version: string;
  readonly commit: string;
  readonly images: readonly ImagePart[];
  readonly machineImages: readonly MachineImagePart[];
  readonly plans: readonly PlanPart[];
}

/**
 * @throws {ActionError} `subject-mismatch` when the record gives another subject than the input, `subject-missing` and
 * `configuration-differs` when it gives none, and what reading a record throws.
 */
export async function readContent(inputs: GateInputs, deps: Deps, github: GitHub): Promise<Content> {
  const { environment, version, record: source } = inputs;
  if (source === null) {
    const parts = { images: [], machineImages: [], plans: [] };
    return {
      subject: inputs.subject,
      environment,
      application: '',
      version,
      commit: deps.context.sha,
      ...parts,
    };
  }
  const { fetchRecord } = await import('@headgate/kit/artifacts');
  return contentOfRecord(inputs, await fetchRecord(github, source.artifactId, source.digest));
}

/** The same from a record that was read already. */
export function contentOfRecord(
  inputs: Pick<GateInputs, 'environment' | 'version' | 'subject' | 'configurationDigest'>,
  record: DeliveryRecord,
): Content {
  const { environment } = inputs;
  const configurationDigest = configurationOf(inputs, record);
  if (inputs.subject !== '')
    checkSubject({ approved: inputs.subject, record, environment, configurationDigest });
  const { application, commit } = record.flow;
  return {
    subject: subjectDigest(subjectOfRecord(record, { environment, configurationDigest })),
    environment,
    application,
    version: versionOf(inputs.version, record),
    commit,
    images: record.images,
    machineImages: record.machineImages,
    plans: record.plans.filter((plan) => plan.environment === environment && plan.outcome === 'planned'),
  };
}

/** What the environment is made with; the record's word, and where it has none the caller's. */
function configurationOf(
  { environment, configurationDigest }: Pick<GateInputs, 'environment' | 'configurationDigest'>,
  record: DeliveryRecord,
): string {
  const parts = record.configurations.filter((part) => part.environment === environment);
  const found = [...new Set(parts.map(({ digest }) => digest))];
  if (configurationDigest !== '')
    found.push(...(found.includes(configurationDigest) ? [] : [configurationDigest]));
  const [digest] = found;
  if (digest === undefined) {
    throw failure('subject-missing', {
      message: `a configuration of ${environment} was expected in the record, none was found`,
      hint: 'Run `git-flow` with `mode: configuration` before the record is collected, or give configuration-digest.',
    });
  }
  if (found.length === 1) return digest;
  throw failure('configuration-differs', {
    message: `one configuration of ${environment} was expected, ${found.join(' and ')} were found`,
    hint: 'Give the plan job and the deploying job the same secrets and variables, then re-run all jobs.',
  });
}

function versionOf(given: string, { flow }: DeliveryRecord): string {
  const recorded = flow.version ?? '';
  if (given === '' || recorded === '' || given === recorded) return recorded || given;
  throw new InputError(
    'version',
    `${recorded}, the version of the record, was expected, ${given} was found`,
    'Leave version empty: the record says it.',
  );
}
