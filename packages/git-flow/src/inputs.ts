// The inputs of git-flow: one set a mode, and the defaults as in action.yml.
import type { RestoreRequest } from '@headgate/configuration/facts';
import { commonInputs, type InputSpecs } from '@headgate/kit/inputs';
import type { StageName } from '@headgate/kit/record-parts';
import { readEnvironmentInputs } from './environment-inputs.js';
import { readFeedbackInputs } from './feedback-inputs.js';
import {
  type JobResult,
  type Reader,
  type RecordPlace,
  readNeeds,
  readPath,
  readRecordPlace,
  readVariables,
} from './input-forms.js';
import { readReleaseInputs } from './release-inputs.js';

export const inputSpecs = {
  ...commonInputs,
  mode: { default: '', required: true },
  configuration: { default: 'headgate.yml' },
  vars: { default: '{}' },
  decision: { default: '' },
  barrier: { default: 'end' },
  restore: { default: '' },
  environment: { default: '' },
  version: { default: '' },
  'record-artifact-id': { default: '' },
  'record-digest': { default: '' },
  subject: { default: '' },
  'configuration-digest': { default: '' },
  draft: { default: 'true' },
  workflow: { default: 'delivery.yml' },
  'abandoned-after': { default: '14' },
  registry: { default: '' },
  'registry-username': { default: '' },
  'build-secrets': { default: '' },
  'deploy-secrets': { default: '' },
  'flow-secrets': { default: '' },
  'app-id': { default: '' },
  needs: { default: '{}' },
  failure: { default: '' },
  comment: { default: 'false' },
  'github-token': { default: '' },
} as const satisfies InputSpecs;

export const outputNames = [
  'decision',
  'images',
  'machine-images',
  'plans',
  'shown-plans',
  'approval',
  'review',
  'targets',
  'preview',
  'environment',
  'environment-url',
  'publish',
  'branch-kind',
  'version',
  'evidence',
  'ref',
  'promote',
  'forecast',
  'drift',
  'notify-approval-requested',
  'notify-deployed',
  'notify-released',
  'notify-failed',
  'nothing',
  'record-file',
  'record-digest',
  'record-artifact-name',
  'subject',
  'configuration-digest',
  'evidence-url',
  'notices',
  'tag',
  'release-url',
  'published',
  'back-merge',
  'drift-found',
  'notice',
  'failure',
] as const;

export const barriers = ['images', 'plan', 'wait', 'end', 'result'] as const;
export type Barrier = (typeof barriers)[number];

export interface DecideInputs {
  readonly mode: 'decide';
  /** Path of headgate.yml from the workspace. */
  readonly configuration: string;
  readonly variables: ReadonlyMap<string, string>;
  readonly githubToken: string;
  /** What is to be brought where; empty where the event's own inputs say it, or nobody. */
  readonly restore: RestoreRequest;
}

export interface CollectInputs extends RecordPlace {
  readonly mode: 'collect';
  readonly barrier: Barrier;
  /** The decision's JSON; empty when the output was lost or `decide` failed. */
  readonly decision: string;
  /** Results of the jobs before this one, by job id. */
  readonly needs: ReadonlyMap<string, JobResult>;
  readonly githubToken: string;
}

const readers = {
  decide: (reader: Reader): DecideInputs => ({
    mode: 'decide',
    configuration: readPath(reader, 'configuration'),
    variables: readVariables(reader),
    restore: { version: reader.text('restore'), environment: reader.text('environment') },
    githubToken: reader.text('github-token'),
  }),
  collect: (reader: Reader): CollectInputs => ({
    mode: 'collect',
    barrier: reader.choice('barrier', barriers),
    decision: reader.text('decision'),
    ...readRecordPlace(reader),
    needs: readNeeds(reader),
    githubToken: reader.text('github-token'),
  }),
  feedback: readFeedbackInputs,
  ...readReleaseInputs,
  ...readEnvironmentInputs,
} as const;

export type Mode = keyof typeof readers;
export type InputsOf<M extends Mode> = ReturnType<(typeof readers)[M]>;
export type Inputs = InputsOf<Mode>;

/** @throws {InputError} naming the input. */
export function readInputs(reader: Reader): Inputs {
  return readers[reader.choice('mode', Object.keys(readers) as Mode[])](reader);
}

const stages: Readonly<Record<string, StageName>> = {
  tag: 'finish',
  release: 'finish',
  'back-merge': 'finish',
  forecast: 'finish',
  configuration: 'plan',
};

/** The stage of the entry, known before the inputs are read; null for modes that leave none. */
export function stageOf(env: Readonly<Record<string, string | undefined>>): StageName | null {
  return stages[env['INPUT_MODE'] ?? ''] ?? null;
}
