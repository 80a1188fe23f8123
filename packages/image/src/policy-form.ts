// The policy as people write it, read to a typed form.
import { InputError } from '@headgate/kit/errors';
import { readChoice, readMap, readText, shown } from './form-reader.js';
import { type PathGlob, pathGlob } from './path-glob.js';
import {
  defaultLevels,
  type PolicyClass,
  type PolicyLevel,
  policyClasses,
  policyLevels,
} from './policy-classes.js';

export interface Allowance {
  readonly glob: PathGlob;
  readonly reason: string;
  /** Every class when it names none. */
  readonly classes: readonly PolicyClass[];
}

const baseLevels = ['lower', 'same', 'off'] as const;
/** How grave it is what the base image brings: one level lower, as what the image adds, or not at all. */
export type BaseLevel = (typeof baseLevels)[number];

export interface Policy {
  readonly levels: Readonly<Record<PolicyClass, PolicyLevel>>;
  readonly base: BaseLevel;
  readonly allow: readonly Allowance[];
}

export const defaultPolicy: Policy = { levels: defaultLevels, base: 'lower', allow: [] };

const allowHint = 'Write each as `- path: usr/bin/make` with `reason: why it may stay`.';

/**
 * @param value parsed YAML or JSON: a level for all classes, or a map of classes to levels with `base` and `allow`
 * @throws {InputError} naming the key that is wrong
 */
export function parsePolicy(name: string, value: unknown): Policy {
  if (value === null || value === undefined || value === '') return defaultPolicy;
  if (typeof value !== 'object') {
    const level = readChoice(name, value, policyLevels);
    return { ...defaultPolicy, levels: levelsOf(() => level) };
  }
  const form = readMap(name, value, [...policyClasses, 'base', 'allow']);
  return {
    levels: levelsOf((each) =>
      Object.hasOwn(form, each)
        ? readChoice(`${name}: ${each}`, form[each], policyLevels)
        : defaultLevels[each],
    ),
    base: Object.hasOwn(form, 'base') ? readChoice(`${name}: base`, form['base'], baseLevels) : 'lower',
    allow: readAllowances(`${name}: allow`, form['allow'] ?? []),
  };
}

function levelsOf(level: (policyClass: PolicyClass) => PolicyLevel): Policy['levels'] {
  return Object.fromEntries(policyClasses.map((each) => [each, level(each)])) as Policy['levels'];
}

function readAllowances(name: string, value: unknown): readonly Allowance[] {
  if (Array.isArray(value)) return value.map((item, index) => readAllowance(`${name}[${index}]`, item));
  throw new InputError(name, `a list was expected, ${shown(value)} was found`, allowHint);
}

function readAllowance(name: string, value: unknown): Allowance {
  const form = readMap(name, value, ['path', 'reason', 'classes']);
  const path = readText(`${name}.path`, form['path'], allowHint);
  if (/^[/*]*$/.test(path)) {
    throw new InputError(
      `${name}.path`,
      `a part of the image was expected, ${shown(path)} is all of it`,
      'Name the files, or set the class to off.',
    );
  }
  const reason = readText(`${name}.reason`, form['reason'], `Say in \`reason\` why ${shown(path)} may stay.`);
  return { glob: pathGlob(path), reason, classes: readClasses(`${name}.classes`, form['classes']) };
}

function readClasses(name: string, value: unknown): readonly PolicyClass[] {
  if (value === undefined) return policyClasses;
  const list = Array.isArray(value) ? value : [value];
  return list.map((item) => readChoice(name, item, policyClasses));
}
