// `targets`: several images from one Dockerfile, each with what is its own; everything else is the step's.

import { object } from '@headgate/image/json';
import { InputError } from '@headgate/kit/errors';
import { createInputReader } from '@headgate/kit/inputs';
import { checkForm, checkKey, checkNames } from './input-checks.js';
import { readList, readPairs } from './input-list.js';
import type { Inputs } from './inputs.js';
import { type PublishInputs, readPublishInputs } from './publish-inputs.js';

/** One image of several. */
export interface TargetInputs extends PublishInputs {
  /** Names it in outputs, log and entry. */
  readonly name: string;
  readonly target: string;
  readonly platforms: readonly string[];
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, string>;
  readonly imageKey: string | null;
}

/** What a target may have of its own, read as the inputs of these names are. */
const specs = {
  settings: { default: '' },
  target: { default: '' },
  image: { default: '' },
  tags: { default: '' },
  'moving-tags': { default: '' },
  publish: { default: '' },
  push: { default: '' },
  platforms: { default: '' },
  'build-args': { default: '' },
  labels: { default: '' },
  'image-key': { default: '' },
} as const;

const mostTargets = 50;
const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** What targets have in common. */
export type TargetDefaults = Pick<
  TargetInputs,
  'platforms' | 'buildArgs' | 'labels' | 'publish' | 'tags' | 'movingTags'
>;

/**
 * @param value a map from name to target, or a list of targets with a `name` or `target` each; null for none
 * @throws InputError naming the target
 */
export function parseTargets(value: unknown, shared: TargetDefaults): readonly TargetInputs[] {
  if (value === null || value === undefined || value === '') return [];
  const entries = Array.isArray(value) ? value.map(listEntry) : mapEntries(value);
  if (entries.length > mostTargets)
    throw wrong(
      `${entries.length} targets were found, at most ${mostTargets} are built in one step`,
      'Make two steps of them.',
    );
  const names = entries.map(([name]) => name.toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw wrong(`the name ${twice} stands twice`, 'Give each target a `name` of its own.');
  return entries.map(([name, entry]) => readTarget(name, entry, shared));
}

type Entry = readonly [string, Readonly<Record<string, unknown>>];

function listEntry(item: unknown, index: number): Entry {
  const { name, ...entry } = typeof item === 'string' ? { name: item, target: item } : { ...object(item) };
  const given = name ?? entry['target'];
  if (typeof given === 'string' && given !== '') return [given, entry];
  throw wrong(
    `entry ${index + 1} has neither a name nor a target`,
    'Write {target: NAME, image: host/repository}.',
  );
}

function mapEntries(value: unknown): readonly Entry[] {
  const entries = Object.entries(object(value));
  if (entries.length === 0)
    throw wrong('a map or a list of targets was expected', 'Write NAME: {target: …, image: …} on each line.');
  return entries.map(([name, entry]) => [name, { target: name, ...object(entry) }]);
}

function readTarget(
  name: string,
  entry: Readonly<Record<string, unknown>>,
  shared: TargetDefaults,
): TargetInputs {
  if (!namePattern.test(name))
    throw wrong(`"${name.slice(0, 80)}" is not a name`, 'Use letters, digits, _ . and -, at most 64.');
  const text = JSON.stringify(entry);
  const core = {
    getInput: (input: string) => (input === 'settings' ? text : ''),
    setSecret: () => undefined,
  };
  try {
    const reader = createInputReader(specs, core);
    const own = readPublishInputs(reader);
    const platforms = readList(reader, 'platforms', { comma: 'separates' });
    const isTagged = own.tags.length + own.movingTags.length + own.elsewhere.length > 0;
    const target: TargetInputs = {
      ...own,
      ...(isTagged ? {} : { tags: shared.tags, movingTags: shared.movingTags }),
      publish: Object.hasOwn(entry, 'publish') || Object.hasOwn(entry, 'push') ? own.publish : shared.publish,
      name,
      target: checkForm('target', reader.text('target')),
      platforms:
        platforms.length === 0 ? shared.platforms : platforms.map((one) => checkForm('platforms', one)),
      buildArgs: new Map([...shared.buildArgs, ...checkNames('build-args', readPairs(reader, 'build-args'))]),
      labels: new Map([...shared.labels, ...readPairs(reader, 'labels')]),
      imageKey: checkKey(reader.optional('image-key')),
    };
    if (target.publish && target.image === null)
      throw new InputError(
        'image',
        'it is to be published, but has no name',
        'Give it `image: host/repository`.',
      );
    return target;
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new InputError('targets', `${name}: ${cause.message}`, cause.hint, cause);
  }
}

/** The step's inputs with what one target has of its own. */
export function inputsOfTargets(inputs: Inputs): readonly Inputs[] {
  return inputs.targets.map(({ name, ...own }) => ({
    ...inputs,
    ...own,
    leg: name,
    targets: [],
  }));
}

function wrong(problem: string, hint: string): InputError {
  return new InputError('targets', problem, hint);
}
