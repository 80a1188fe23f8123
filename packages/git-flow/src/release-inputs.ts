// The inputs of the modes that carry a release from its branch to production and back.
import type { SecretMap } from '@headgate/kit/secrets';
import {
  type Given,
  type Reader,
  type RecordPlace,
  readGiven,
  readMatching,
  readPath,
  readRecordPlace,
  readVersion,
} from './input-forms.js';

export interface EvidenceInputs extends Given {
  readonly mode: 'evidence';
}

export interface RerunChecksInputs extends Given {
  readonly mode: 'rerun-checks';
}

export interface VerifyVersionInputs extends Given {
  readonly mode: 'verify-version';
  /** X.Y.Z as the evidence has it; '' to take the one of the merged branch. */
  readonly version: string;
}

export interface TagInputs extends Given, RecordPlace {
  readonly mode: 'tag';
  readonly version: string;
  /** Holds the passwords of registries. */
  readonly buildSecrets: SecretMap;
  /** `app-private-key` of an App that may make protected tags, and `app-id` where that is a client id. */
  readonly flowSecrets: SecretMap;
  /** Number or client id of the App. */
  readonly appId: string;
  readonly registryUsername: string;
  /** The host that the username belongs to; '' for every registry of the record. */
  readonly registry: string;
}

export interface ReleaseInputs extends Given, RecordPlace {
  readonly mode: 'release';
  readonly version: string;
  readonly draft: boolean;
}

export interface BackMergeInputs extends Given {
  readonly mode: 'back-merge';
  readonly version: string;
  /** `app-private-key` of the App that pushes, and `app-id` where that is a client id. */
  readonly flowSecrets: SecretMap;
  /** Number or client id of the App: no secret, and too short for one. */
  readonly appId: string;
  /** File name of the workflow to start on a branch that the job token pushed. */
  readonly workflow: string;
}

export interface ForecastInputs extends Given {
  readonly mode: 'forecast';
  readonly version: string;
}

export interface DriftInputs {
  readonly mode: 'drift';
  /** Path of headgate.yml from the workspace. */
  readonly configuration: string;
  /** Days without a commit after which an open release is abandoned; 0: none is. */
  readonly abandonedAfter: number;
  readonly githubToken: string;
}

/** Each reads its own mode. @throws {InputError} naming the input. */
export const readReleaseInputs = {
  evidence: (reader: Reader): EvidenceInputs => ({ mode: 'evidence', ...readGiven(reader) }),
  'rerun-checks': (reader: Reader): RerunChecksInputs => ({ mode: 'rerun-checks', ...readGiven(reader) }),
  'verify-version': (reader: Reader): VerifyVersionInputs => ({
    mode: 'verify-version',
    ...readGiven(reader),
    version: readVersion(reader),
  }),
  tag: (reader: Reader): TagInputs => ({
    mode: 'tag',
    buildSecrets: reader.secretMap('build-secrets'),
    flowSecrets: reader.secretMap('flow-secrets'),
    appId: readAppId(reader),
    ...readGiven(reader),
    ...readRecordPlace(reader),
    version: readVersion(reader),
    registryUsername: reader.text('registry-username'),
    registry: reader.text('registry'),
  }),
  release: (reader: Reader): ReleaseInputs => ({
    mode: 'release',
    ...readGiven(reader),
    ...readRecordPlace(reader),
    version: readVersion(reader),
    draft: reader.boolean('draft'),
  }),
  'back-merge': (reader: Reader): BackMergeInputs => ({
    mode: 'back-merge',
    flowSecrets: reader.secretMap('flow-secrets'),
    appId: readAppId(reader),
    ...readGiven(reader),
    version: readVersion(reader),
    workflow: readMatching(reader, 'workflow', {
      pattern: /^\.?[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}\.ya?ml$/,
      wanted: 'the file name of a workflow, such as delivery.yml',
    }),
  }),
  drift: (reader: Reader): DriftInputs => ({
    mode: 'drift',
    configuration: readPath(reader, 'configuration'),
    abandonedAfter: reader.integer('abandoned-after', { min: 0, max: 3650 }),
    githubToken: reader.text('github-token'),
  }),
  forecast: (reader: Reader): ForecastInputs => ({
    mode: 'forecast',
    ...readGiven(reader),
    version: readVersion(reader),
  }),
} as const;

/** `''`, a number or a client id. @throws {InputError} */
function readAppId(reader: Reader): string {
  return readMatching(reader, 'app-id', {
    pattern: /^[A-Za-z0-9._-]{1,64}$/,
    wanted: 'the number of an App',
  });
}
