// What single inputs and combinations of them must look like.
import { InputError } from '@headgate/kit/errors';
import { type AccountInputs, findCredentials } from '@headgate/kit/registry/account';
import type { PublishInputs } from './publish-inputs.js';
import type { TargetInputs } from './several-inputs.js';

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
  'test-results': { pattern: stagePattern, hint: 'Give names of stages, one a line.' },
  'skipped-stages': { pattern: stagePattern, hint: 'Give names of stages, one a line.' },
  platforms: {
    pattern: /^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9.]+)?$/,
    hint: 'Write os/architecture, for example linux/amd64.',
  },
  'build-args': {
    pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
    hint: 'Write NAME=value; a name has letters, digits and _.',
  },
  call: {
    pattern: /^(?:check|lint|outline|targets)(?:,[a-z]+=[a-z0-9]+)*$/,
    hint: 'Write check, outline or targets.',
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

const templatePattern = /^\{\{\s*defaultContext\s*\}\}(?::(.*))?$/;
const urlPattern = /^(?:[a-z][a-z0-9+.-]*:\/\/|git@|github\.com\/)/i;

/** A folder of the checkout. @throws InputError for what BuildKit would fetch by itself, past .dockerignore and the commit */
export function checkContext(text: string): string {
  const template = templatePattern.exec(text);
  const folder = template === null ? null : template[1] || '.';
  if (folder === null && !urlPattern.test(text)) return text;
  throw new InputError(
    'context',
    `"${text.slice(0, 80)}" is fetched by the builder, which reads no .dockerignore there`,
    `Check the sources out before this step and write context: ${folder ?? '.'}`,
  );
}

export interface Combination extends AccountInputs, PublishInputs {
  readonly mode: 'build' | 'promote';
  readonly imageRef: string;
  readonly imageKey: string | null;
  readonly load: boolean;
  readonly target: string;
  readonly targets: readonly TargetInputs[];
  readonly platforms: readonly string[];
}

/** @throws InputError for inputs that are right alone and wrong together */
export function checkTogether(inputs: Combination): void {
  checkMode(inputs);
  checkLoad(inputs);
  checkSeveral(inputs);
  if (inputs.publish && inputs.image === null && inputs.targets.length === 0) {
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
  checkKey(inputs.imageKey);
  if (!inputs.publish || inputs.image === null) return;
  for (const image of [inputs.image, ...inputs.elsewhere.map((one) => one.image)])
    findCredentials(image, inputs);
}

/** @throws InputError */
export function checkKey(key: string | null): string | null {
  if (key === null || keyPattern.test(key)) return key;
  throw new InputError(
    'image-key',
    'expected 64 hex digits',
    'Pass the key that git-flow decided, or leave it empty.',
  );
}

/** What is one image's own stands with it; `image` with several would be published by each of them. */
function checkSeveral({ targets, image, target, imageKey, mode }: Combination): void {
  if (targets.length === 0) return;
  const given = [
    ['image', image !== null],
    ['target', target !== ''],
    ['image-key', imageKey !== null],
    ['mode', mode === 'promote'],
  ] as const;
  const both = given.find(([, isGiven]) => isGiven);
  if (both === undefined) return;
  throw new InputError(
    'targets',
    `it was given beside ${both[0]}, which is for one image`,
    `Move ${both[0]} into each target, or remove it.`,
  );
}

function checkLoad({ load, platforms }: Combination): void {
  if (!load || platforms.length < 2) return;
  throw new InputError(
    'load',
    `the engine takes one platform at a time, ${platforms.length} were asked for`,
    'Give one in `platforms`, or write type=oci,dest=… in `outputs`.',
  );
}

function checkMode({ mode, imageRef }: Combination): void {
  if ((mode === 'promote') === (imageRef !== '')) return;
  throw new InputError(
    'image-ref',
    mode === 'promote' ? 'mode is promote, but no image was named' : 'it is read by mode: promote only',
    mode === 'promote' ? 'Give host/repository@sha256:… or sha256:….' : 'Write mode: promote, or remove it.',
  );
}
