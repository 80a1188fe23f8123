// What single inputs and combinations of them must look like.
import { InputError } from '@headgate/kit/errors';
import { type AccountInputs, findCredentials } from '@headgate/kit/registry/account';
import type { ImageName } from '@headgate/kit/registry/reference';

interface Form {
  readonly pattern: RegExp;
  readonly hint: string;
}

const keyPattern = /^[0-9a-f]{64}$/;
const stagePattern = /^[A-Za-z][A-Za-z0-9_.-]*$/;
const forms = {
  target: {
    pattern: stagePattern,
    hint: 'Give the name after AS of a stage; stages cannot be named by number.',
  },
  'test-targets': { pattern: stagePattern, hint: 'Give names of stages, one a line.' },
  platforms: {
    pattern: /^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9.]+)?$/,
    hint: 'Write os/architecture, for example linux/amd64.',
  },
  'build-args': {
    pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
    hint: 'Write NAME=value; a name has letters, digits and _.',
  },
} as const satisfies Record<string, Form>;

/** Empty, or of the form this input must have. @throws InputError */
export function checkForm(input: keyof typeof forms, text: string): string {
  const { pattern, hint } = forms[input];
  if (text === '' || pattern.test(text)) return text;
  throw new InputError(input, `"${text}" is not a valid value`, hint);
}

/** @throws InputError for a name that has not the form this input must have */
export function checkNames(
  input: keyof typeof forms,
  values: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  for (const name of values.keys()) checkForm(input, name);
  return values;
}

export interface Combination extends AccountInputs {
  readonly publish: boolean;
  readonly image: ImageName | null;
  readonly tags: readonly string[];
  readonly movingTags: readonly string[];
  readonly imageKey: string | null;
}

/** @throws InputError for inputs that are right alone and wrong together */
export function checkTogether(inputs: Combination): void {
  if (inputs.publish && inputs.image === null) {
    throw new InputError(
      'image',
      'publish is true, but no image name was given',
      'Give `image: host/repository`.',
    );
  }
  const both = inputs.tags.find((tag) => inputs.movingTags.includes(tag));
  if (both !== undefined) {
    throw new InputError(
      'moving-tags',
      `"${both}" is also in tags`,
      'Keep it in one list: tags never move, moving-tags may.',
    );
  }
  if (inputs.imageKey !== null && !keyPattern.test(inputs.imageKey)) {
    throw new InputError(
      'image-key',
      'expected 64 hex digits',
      'Pass the key that git-flow decided, or leave it empty.',
    );
  }
  if (inputs.publish && inputs.image !== null) findCredentials(inputs.image, inputs);
}
