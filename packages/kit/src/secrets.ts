// Secret maps: one workflow secret holding several values; masks for them, and a redactor for what masks cannot reach.
import { ActionError, InputError } from './errors.js';
import { linesOf, secretForms } from './secret-forms.js';
import { parseLoadedYaml } from './yaml-loader.js';

const minimumLength = 8;

/** Values are masked; nothing here may be logged, put into argv, an output, a comment or the record. */
export interface SecretMap {
  readonly empty: boolean;
  /** Every secret in the map. */
  readonly values: readonly string[];
  /** Members of one group, such as `registries`, `build` or `environment`; empty when absent. */
  group(name: string): ReadonlyMap<string, string>;
  /** A member of the map itself, such as `seal-key`; null when absent. */
  top(name: string): string | null;
}

export interface SecretMapOptions {
  /** The input's name, for messages. */
  readonly name: string;
  readonly setSecret: (value: string) => void;
}

/**
 * Reads the YAML map of a workflow secret (source: trust.md, 'Secrets'): groups of at most two levels, every
 * value a string of 8 characters or more. All values are masked before the first one is judged.
 * @throws {InputError} without ever quoting a value.
 */
export function parseSecretMap(text: string, { name, setSecret }: SecretMapOptions): SecretMap {
  if (text.trim() === '') return createMap(new Map(), new Map());
  const document = readDocument(text, name);
  for (const value of scalarsOf(document)) maskSecret(value, setSecret);
  const tops = new Map<string, string>();
  const groups = new Map<string, ReadonlyMap<string, string>>();
  for (const [key, value] of Object.entries(document)) {
    if (isMapping(value)) groups.set(key, readGroup(key, value, name));
    else tops.set(key, readSecret(key, value, name));
  }
  return createMap(groups, tops);
}

/**
 * The member a `{secret: NAME}` refers to.
 * @throws {ActionError} `secrets-missing` when it is absent, naming the workflow secret that should hold it.
 */
export function requireSecret(map: SecretMap, group: string, name: string, input: string): string {
  const value = map.group(group).get(name);
  if (value !== undefined) return value;
  const workflowSecret = input.toUpperCase().replaceAll('-', '_');
  const found = map.empty ? 'it is empty' : 'it has no such member';
  throw new ActionError({
    code: 'secrets-missing',
    message: `${input}: ${group}.${name} was expected, but ${found}`,
    hint: `Add ${group}.${name} to the secret ${workflowSecret}; for a secret of an environment, also create a repository secret ${workflowSecret} holding {} so that the name is passed on.`,
  });
}

/** Registers a value as a mask: whole, each of its lines of 8 characters or more, and its base64 form. */
export function maskSecret(value: string, setSecret: (value: string) => void): void {
  for (const form of new Set([value, ...linesOf(value), base64(value)]))
    if (form.trim() !== '') setSecret(form);
}

export interface Redactor {
  /** `text` with every known secret, in the forms it is likely to take, replaced by `***`. */
  redact(text: string): string;
}

/** A redactor for texts that leave the log: comments, records, summaries, error messages. */
export function createRedactor(values: readonly string[]): Redactor {
  const forms = [...new Set(values.flatMap(formsOf))].sort((a, b) => b.length - a.length);
  return { redact: (text) => forms.reduce((rest, form) => rest.replaceAll(form, '***'), text) };
}

/** Parts of a short value's base64 are too short to be told from other text; it is blanked as a whole only. */
function formsOf(value: string): readonly string[] {
  if (value.trim() === '') return [];
  const whole = [base64(value), Buffer.from(value).toString('base64url')];
  const forms = secretForms(value).filter(
    ({ encoding }) => value.length >= minimumLength || !encoding.startsWith('base64'),
  );
  return [...whole, ...forms.map(({ text }) => text)];
}

function base64(value: string): string {
  return Buffer.from(value).toString('base64');
}

function readDocument(text: string, name: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseLoadedYaml(text, name);
  } catch (error) {
    // The parser's message may quote the text, which is a secret.
    if (!(error instanceof ActionError)) throw error;
    throw new InputError(name, 'a YAML map was expected, the text is not YAML', shapeHint);
  }
  if (value === null) return {};
  if (!isMapping(value)) throw new InputError(name, 'a YAML map was expected', shapeHint);
  return value;
}

function readGroup(key: string, group: Record<string, unknown>, name: string): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(group).map(([member, value]) => [member, readSecret(`${key}.${member}`, value, name)]),
  );
}

function readSecret(path: string, value: unknown, name: string): string {
  if (typeof value !== 'string') {
    throw new InputError(
      name,
      `${path} is not a text`,
      `Quote it if it is a secret; put it in vars if it is not.`,
    );
  }
  if (value.length >= minimumLength) return value;
  throw new InputError(
    name,
    `${path} is shorter than ${minimumLength} characters, and masking it would blank other output`,
    `Put ${path} in vars if it is no secret; choose a longer one if it is.`,
  );
}

function scalarsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.length >= minimumLength ? [value] : [];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(scalarsOf);
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function createMap(
  groups: ReadonlyMap<string, ReadonlyMap<string, string>>,
  tops: ReadonlyMap<string, string>,
): SecretMap {
  const values = [...tops.values(), ...[...groups.values()].flatMap((group) => [...group.values()])];
  return {
    empty: values.length === 0,
    values,
    group: (name) => groups.get(name) ?? new Map(),
    top: (name) => tops.get(name) ?? null,
  };
}

const shapeHint = 'Write groups of names and quoted values, as the README of this action shows.';
