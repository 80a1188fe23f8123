// The inputs of packer-image, typed; everything that can be judged without asking anybody is judged here.
import { InputError } from '@headgate/kit/errors';
import { commonInputs, type InputReader, type InputSpecs } from '@headgate/kit/inputs';
import type { SecretMap } from '@headgate/kit/secrets';
import { parseSmoke, type Smoke } from './smoke-command.js';
import { readVariableSecrets } from './variable-secrets.js';

export const inputSpecs = {
  ...commonInputs,
  directory: { default: '.' },
  template: { default: '.' },
  'var-files': { default: '' },
  variables: { default: '' },
  secrets: { default: '' },
  'build-secrets': { default: '' },
  environment: { default: '' },
  only: { default: '' },
  except: { default: '' },
  builders: { default: '' },
  'on-error': { default: 'cleanup' },
  'parallel-builds': { default: '0' },
  manifest: { default: 'packer-manifest.json' },
  'smoke-command': { default: '' },
  'smoke-deadline': { default: '5m' },
  'tfvars-variable': { default: 'machine_images' },
  deadline: { default: '60m' },
} as const satisfies InputSpecs;

export type InputName = keyof typeof inputSpecs;

export const outputNames = ['artifacts', 'left-behind', 'tfvars-file', 'run-uuid'] as const;

export const onErrorChoices = ['cleanup', 'abort', 'run-cleanup-provisioner'] as const;

export interface Inputs {
  readonly leg: string;
  /** Where packer runs, relative to the workspace; all other paths are relative to it. */
  readonly directory: string;
  readonly template: string;
  readonly varFiles: readonly string[];
  readonly variables: ReadonlyMap<string, string>;
  /** Packer variable → name under `build` in the secret map. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly buildSecrets: SecretMap;
  /** Variables of the step's environment that packer may see. */
  readonly environment: readonly string[];
  readonly only: readonly string[];
  readonly except: readonly string[];
  /** Builders that must have made something; empty: all that packer ran. */
  readonly builders: readonly string[];
  readonly onError: (typeof onErrorChoices)[number];
  /** 0: no limit. */
  readonly parallelBuilds: number;
  readonly manifest: string;
  readonly smoke: Smoke;
  readonly tfvarsVariable: string;
  /** Milliseconds: one smoke command; init, validate and build together. */
  readonly smokeDeadlineMs: number;
  readonly deadlineMs: number;
}

type Reader = InputReader<InputName>;

/** @throws {InputError} naming the input. */
export function readInputs(reader: Reader): Inputs {
  const buildSecrets = reader.secretMap('build-secrets');
  const inputs: Inputs = {
    leg: reader.text('leg') || 'machine-image',
    directory: reader.text('directory'),
    template: argument(reader, 'template'),
    varFiles: reader.list('var-files'),
    variables: checkNames('variables', reader.keyValues('variables')),
    secrets: checkNames(
      'secrets',
      readVariableSecrets(reader.raw('secrets'), () => reader.keyValues('secrets')),
    ),
    buildSecrets,
    environment: readEnvironment(reader),
    only: reader.list('only'),
    except: reader.list('except'),
    builders: reader.list('builders'),
    onError: reader.choice('on-error', onErrorChoices),
    parallelBuilds: reader.integer('parallel-builds', { min: 0, max: 64 }),
    manifest: reader.text('manifest'),
    smoke: parseSmoke(reader.yaml('smoke-command')),
    tfvarsVariable: matching(
      reader,
      'tfvars-variable',
      /^[A-Za-z_][A-Za-z0-9_-]*$/,
      'a Terraform variable’s name',
    ),
    smokeDeadlineMs: positive(reader, 'smoke-deadline'),
    deadlineMs: positive(reader, 'deadline'),
  };
  const twice = [...inputs.secrets.keys()].find((name) => inputs.variables.has(name));
  if (twice === undefined) return inputs;
  throw new InputError('secrets', `${twice} is also in variables`, `Keep one of the two for ${twice}.`);
}

/** The last argument of every call: packer would read a leading dash as an option. */
function argument(reader: Reader, input: 'template'): string {
  return matching(reader, input, /^[^-\p{Cc}][^\p{Cc}]*$/u, 'a path that does not begin with a dash');
}

function readEnvironment(reader: Reader): readonly string[] {
  const names = reader.list('environment');
  const wrong = names.find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || reserved.test(name));
  if (wrong === undefined) return names;
  throw new InputError(
    'environment',
    `${JSON.stringify(wrong.slice(0, 80))} cannot be passed on`,
    'Name variables such as AWS_REGION; those of the runner and of actions stay here.',
  );
}

const reserved = /^(ACTIONS|GITHUB|INPUT|STATE|RUNNER|PKR_VAR|LD)_/i;

function checkNames(input: string, map: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const wrong = [...map.keys()].find((name) => !/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name));
  if (wrong === undefined) return map;
  const found = JSON.stringify(wrong.slice(0, 80));
  throw new InputError(
    input,
    `a variable’s name was expected, ${found} was found`,
    'Write NAME=… on each line.',
  );
}

function matching(reader: Reader, input: InputName, pattern: RegExp, wanted: string): string {
  const text = reader.text(input);
  if (pattern.test(text)) return text;
  const found = JSON.stringify(text.slice(0, 80));
  throw new InputError(input, `${wanted} was expected, ${found} was found`, `Write ${wanted}.`);
}

function positive(reader: Reader, input: InputName): number {
  const ms = reader.duration(input);
  if (ms > 0) return ms;
  throw new InputError(input, 'a time longer than 0 was expected', 'Write for example 30m.');
}
