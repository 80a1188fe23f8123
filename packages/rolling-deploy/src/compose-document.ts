// A compose file with places for messages, and variables filled in.
import { ActionError } from '@headgate/kit/errors';
import { type PositionedYaml, parseYamlWithPositions, YamlError } from '@headgate/kit/yaml';
import { DeployError, type DeployErrorCode } from './errors.js';
import { interpolate } from './interpolation.js';

export type Path = readonly (string | number)[];

export interface ComposeSource {
  /** For messages: the path as the user wrote it. */
  readonly name: string;
  readonly text: string;
  readonly vars: ReadonlyMap<string, string>;
}

/** A value and where it stands; readers go down through `at`. */
export interface Node {
  readonly path: Path;
  readonly value: unknown;
  at(key: string | number): Node;
  /** Members of a mapping, items of a list; none otherwise. */
  children(): readonly Node[];
  /** The last part of the path. */
  readonly key: string;
  /** A failure at this place; with the line of the key. */
  fault(problem: string, hint: string, code?: DeployErrorCode): DeployError;
  /** The text of a scalar, variables filled in; null for null or nothing. @throws {DeployError} invalid-compose */
  text(): string | null;
}

/** @throws {ActionError} invalid-yaml */
export function openCompose(source: ComposeSource): Node {
  const yaml = read(source);
  return nodeAt([], yaml.value, { source, yaml });
}

function read({ name, text }: ComposeSource): PositionedYaml {
  try {
    return parseYamlWithPositions(text, { source: name });
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const { code, message, hint, line } = error;
    throw new ActionError({ code, message, hint, place: { file: name, line }, cause: error });
  }
}

interface Origin {
  readonly source: ComposeSource;
  readonly yaml: PositionedYaml;
}

function nodeAt(path: Path, value: unknown, origin: Origin): Node {
  const fault: Node['fault'] = (problem, hint, code = 'invalid-compose') => {
    const { line, column } = origin.yaml.keyPositionOf(path);
    const where = path.length === 0 ? '' : ` ${path.join('.')}`;
    return new DeployError({
      code,
      message: `${origin.source.name}:${line}:${column}:${where} ${problem}`,
      hint,
      place: { file: origin.source.name, line },
    });
  };
  return {
    path,
    value,
    key: String(path.at(-1) ?? ''),
    at: (key) => nodeAt([...path, key], memberOf(value, key), origin),
    children: () => keysOf(value).map((key) => nodeAt([...path, key], memberOf(value, key), origin)),
    fault,
    text: () => {
      if (value === null || value === undefined) return null;
      if (typeof value === 'object')
        throw fault('must be one value, not a list or mapping', 'Write it on one line.');
      const filled = interpolate(String(value), origin.source.vars);
      if (filled.ok) return filled.text;
      throw fault(filled.problem, 'Give the variable in the input vars, or a default after `:-`.');
    },
  };
}

function memberOf(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return value[Number(key)];
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([name]) => name === String(key))?.[1];
}

function keysOf(value: unknown): readonly (string | number)[] {
  if (Array.isArray(value)) return value.map((_, index) => index);
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
