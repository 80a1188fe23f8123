// Typed reading of inputs: an explicit input wins over `settings`, settings over the default; errors name the input.
import type { Core } from './deps.js';
import { InputError } from './errors.js';
import { keyValuesOf, listOf, textOf } from './input-values.js';
import { parseDuration, parseInteger, parseSize } from './quantities.js';
import { parseSecretMap, type SecretMap } from './secrets.js';
import { parseSettings, type Settings } from './settings.js';
import { parseLoadedYaml } from './yaml-loader.js';

/** One input as action.yml declares it. */
export interface InputSpec {
  readonly default: string;
  readonly required?: boolean;
}
export type InputSpecs = Readonly<Record<string, InputSpec>>;

/** Every action spreads these into its `inputSpecs`. */
export const commonInputs = { settings: { default: '' }, leg: { default: '' } } as const;

export interface IntegerRange {
  readonly min?: number;
  readonly max?: number;
}

/** Where a value came from, and the value: text, or any JSON when it came from `settings`. */
export interface InputValue {
  readonly from: 'input' | 'settings' | 'default';
  readonly value: unknown;
}

export interface InputReader<N extends string = string> {
  text(name: N): string;
  /** Null for an empty text. */
  optional(name: N): string | null;
  boolean(name: N): boolean;
  integer(name: N, range?: IntegerRange): number;
  /** Milliseconds. */
  duration(name: N): number;
  /** Bytes. */
  size(name: N): number;
  /** Lines or commas; a JSON array in settings. */
  list(name: N): readonly string[];
  /** KEY=VALUE lines; a JSON object in settings. */
  keyValues(name: N): ReadonlyMap<string, string>;
  /** Parsed YAML text, or the JSON of settings as it is; null when empty. */
  yaml(name: N): unknown;
  choice<T extends string>(name: N, values: readonly T[]): T;
  /** Registers every value as a mask before it returns. Never read from settings. */
  secretMap(name: N): SecretMap;
  /** The value before any reading. */
  raw(name: N): InputValue;
}

/**
 * Reads `settings`, refuses unknown keys in it, and checks that every required input is there.
 * @throws {InputError} at once for those two; later by each reading method.
 */
export function createInputReader<N extends string = string>(
  specs: Readonly<Record<N, InputSpec>>,
  core: Pick<Core, 'getInput' | 'setSecret'>,
): InputReader<N> {
  const names = Object.keys(specs) as N[];
  const settings = parseSettings('settings' in specs ? core.getInput('settings') : '', names);
  const raw = (name: N): InputValue => resolve({ name, spec: specs[name], settings, core });
  for (const name of names) requireValue(name, specs[name], raw(name));
  const text = (name: N): string => textOf(name, raw(name).value);
  return {
    raw,
    text,
    optional: (name) => text(name) || null,
    boolean: (name) => readBoolean(name, text(name)),
    integer: (name, range = {}) => readInteger(name, text(name), range),
    duration: (name) =>
      known(name, text(name), { parse: parseDuration, wanted: 'a duration such as 30s, 5m or 1h30m' }),
    size: (name) => known(name, text(name), { parse: parseSize, wanted: 'a size such as 500MB or 2GiB' }),
    list: (name) => listOf(name, raw(name).value),
    keyValues: (name) => keyValuesOf(name, raw(name).value),
    yaml: (name) => readYaml(name, raw(name)),
    choice: (name, values) => readChoice(name, text(name), values),
    secretMap: (name) => readSecretMap(name, raw(name), core),
  };
}

interface Resolution {
  readonly name: string;
  readonly spec: InputSpec;
  readonly settings: Settings;
  readonly core: Pick<Core, 'getInput'>;
}

function resolve({ name, spec, settings, core }: Resolution): InputValue {
  const explicit = core.getInput(name);
  if (explicit !== '' && explicit !== spec.default.trim()) return { from: 'input', value: explicit };
  if (name !== 'settings' && Object.hasOwn(settings, name))
    return { from: 'settings', value: settings[name] };
  // An input that is declared in action.yml always arrives; '' where the default is not '' was written by the caller.
  return { from: 'default', value: spec.default };
}

function requireValue(name: string, spec: InputSpec, { value }: InputValue): void {
  if (spec.required !== true || (value !== '' && value !== null)) return;
  throw new InputError(
    name,
    'it is required and was not given',
    `Set \`${name}:\` under \`with:\` of this step.`,
  );
}

function readBoolean(name: string, text: string): boolean {
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  throw new InputError(
    name,
    `true or false was expected, ${shown(text)} was found`,
    `Write ${name}: true or ${name}: false.`,
  );
}

function readInteger(name: string, text: string, { min, max }: IntegerRange): number {
  const value = known(name, text, { parse: parseInteger, wanted: 'a whole number' });
  if ((min === undefined || value >= min) && (max === undefined || value <= max)) return value;
  const range = [min === undefined ? [] : [`at least ${min}`], max === undefined ? [] : [`at most ${max}`]]
    .flat()
    .join(' and ');
  throw new InputError(
    name,
    `${range} was expected, ${value} was found`,
    `Choose a number that is ${range}.`,
  );
}

function known(
  name: string,
  text: string,
  { parse, wanted }: { parse: (text: string) => number | null; wanted: string },
): number {
  const value = parse(text);
  if (value !== null) return value;
  throw new InputError(name, `${wanted} was expected, ${shown(text)} was found`, `Write ${wanted}.`);
}

function readYaml(name: string, { from, value }: InputValue): unknown {
  if (from === 'settings') return value;
  if (value === '') return null;
  return parseLoadedYaml(String(value), name);
}

function readChoice<T extends string>(name: string, text: string, values: readonly T[]): T {
  const found = values.find((value) => value === text);
  if (found !== undefined) return found;
  throw new InputError(
    name,
    `one of ${values.join(', ')} was expected, ${shown(text)} was found`,
    `Write one of ${values.join(', ')}.`,
  );
}

function readSecretMap(name: string, { from, value }: InputValue, core: Pick<Core, 'setSecret'>): SecretMap {
  if (from === 'settings') {
    throw new InputError(
      name,
      'secrets must not travel in settings',
      `Pass \`${name}: \${{ secrets.… }}\` under \`with:\`.`,
    );
  }
  return parseSecretMap(String(value), { name, setSecret: (secret) => core.setSecret(secret) });
}

function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
