// The inputs of the modes that look at an environment: what it is made with, and the last look under its lock.
import type { SecretMap } from '@headgate/kit/secrets';
import {
  type Given,
  type Reader,
  type RecordPlace,
  readDigest,
  readGiven,
  readRecordPlace,
  readVariables,
} from './input-forms.js';

export interface ConfigurationInputs extends Given, RecordPlace {
  readonly mode: 'configuration';
  readonly environment: string;
  readonly variables: ReadonlyMap<string, string>;
  readonly deploySecrets: SecretMap;
}

export interface RecheckInputs extends Given, RecordPlace {
  readonly mode: 'recheck';
  readonly environment: string;
  /** `sha256:…` of what was approved; '' where nobody was asked. */
  readonly subject: string;
  readonly configurationDigest: string;
  /** The deployment leg it looks for; '' where it looks for all of them. */
  readonly leg: string;
}

/** Each reads its own mode. @throws {InputError} naming the input. */
export const readEnvironmentInputs = {
  configuration: (reader: Reader): ConfigurationInputs => ({
    mode: 'configuration',
    deploySecrets: reader.secretMap('deploy-secrets'),
    ...readGiven(reader),
    ...readRecordPlace(reader),
    environment: reader.text('environment'),
    variables: readVariables(reader),
  }),
  recheck: (reader: Reader): RecheckInputs => ({
    mode: 'recheck',
    ...readGiven(reader),
    ...readRecordPlace(reader),
    environment: reader.text('environment'),
    subject: readDigest(reader, 'subject'),
    configurationDigest: readDigest(reader, 'configuration-digest'),
    leg: reader.text('leg'),
  }),
} as const;
