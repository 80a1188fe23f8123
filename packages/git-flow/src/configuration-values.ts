// What the block of an environment says: its text as one digest, and every variable that it refers to as its own.
import { createReferences, type MissingVariable } from '@headgate/configuration/references';
import type { EnvironmentConfiguration, Value } from '@headgate/configuration/schema';
import { digestOf, sha256Hex } from '@headgate/kit/digest';

export type Members = Readonly<Record<string, string>>;

export interface BlockValues {
  /** Name of the place in headgate.yml → digest. */
  readonly members: Members;
  readonly missing: readonly MissingVariable[];
}

/** Keys whose members are named by people: a member called `var` is no reference. */
const records: ReadonlySet<string> = new Set(['vars', 'environment', 'variables', 'backend-config']);

/** `environments.NAME` is the block with its references as they are written; each value behind one is a member more. */
export function blockValues(
  environment: string,
  block: EnvironmentConfiguration,
  variables: ReadonlyMap<string, string>,
): BlockValues {
  const references = createReferences(variables);
  const root = ['environments', environment];
  const found = referencesIn(block, root).map(({ path, reference }) => {
    const text = references.resolve(reference, path) ?? '';
    return [path.join('.'), `sha256:${sha256Hex(text)}`] as const;
  });
  const members = Object.fromEntries([[root.join('.'), digestOf(block)], ...found]);
  return { members, missing: references.missing };
}

interface Found {
  readonly path: readonly string[];
  readonly reference: Exclude<Value, string>;
}

function referencesIn(value: unknown, path: readonly string[]): readonly Found[] {
  if (typeof value !== 'object' || value === null) return [];
  if (!records.has(path.at(-1) ?? '') && isReference(value)) return [{ path, reference: value }];
  return Object.entries(value).flatMap(([key, member]) => referencesIn(member, [...path, key]));
}

function isReference(value: object): value is Exclude<Value, string> {
  const { var: name, ...others } = value as Readonly<Record<string, unknown>>;
  return typeof name === 'string' && Object.keys(others).every((key) => key === 'default');
}
