// Safe YAML: core schema, no merge keys, caps on size, depth and aliases; positions for error messages.
import {
  CORE_SCHEMA,
  constructFromEvents,
  type Event,
  parseEvents,
  realMapTag,
  YAMLException,
} from 'js-yaml';
import { ActionError } from './errors.js';
import { indexPositions, type YamlPath } from './yaml-positions.js';

const maxBytes = 256 * 1024;
const maxDepth = 32;
const maxAliases = 100;
/** Values after aliases are followed: a hundred aliases of a hundred aliases is a bomb. */
const maxNodes = 100_000;

export interface YamlOptions {
  /** What the text is, for messages: a file name or an input name. */
  readonly source: string;
}

export interface Position {
  /** Both start at 1. */
  readonly line: number;
  readonly column: number;
}

export interface PositionedYaml {
  readonly value: unknown;
  /** Where the value at `path` begins, or the nearest part of the path that exists. */
  positionOf(path: YamlPath): Position;
  /** Where the key of the last step of `path` stands; the item itself inside a list. */
  keyPositionOf(path: YamlPath): Position;
}

/** A text that is not the YAML we take; `line` and `column` start at 1, or are null where no place is known. */
export class YamlError extends ActionError<'invalid-yaml'> {
  readonly problem: string;
  readonly line: number | null;
  readonly column: number | null;

  constructor(source: string, problem: string, place: Position | null) {
    const where = place === null ? '' : `:${place.line}:${place.column}`;
    super({
      code: 'invalid-yaml',
      message: `${source}${where}: ${problem}`,
      hint: `Correct the YAML of ${source}.`,
    });
    this.name = 'YamlError';
    this.problem = problem;
    this.line = place?.line ?? null;
    this.column = place?.column ?? null;
  }
}

/**
 * Parses one YAML document to plain values; mappings have no prototype.
 * An empty text is null. @throws {YamlError}
 */
export function parseYaml(text: string, options: YamlOptions): unknown {
  return construct(text, eventsOf(text, options), options);
}

/** Parses like `parseYaml` and remembers where each value stands. @throws {YamlError} */
export function parseYamlWithPositions(
  text: string,
  options: YamlOptions = { source: 'YAML' },
): PositionedYaml {
  const events = eventsOf(text, options);
  const index = indexPositions(text, events);
  return {
    value: construct(text, events, options),
    positionOf: (path) => placeOf(text, index.valueOffset(path)),
    keyPositionOf: (path) => placeOf(text, index.keyOffset(path)),
  };
}

function eventsOf(text: string, { source }: YamlOptions): Event[] {
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes)
    throw new YamlError(source, `${bytes} bytes are more than the ${maxBytes} allowed`, null);
  try {
    return parseEvents(text, { filename: source, maxDepth });
  } catch (error) {
    throw wrapped(error, source);
  }
}

function construct(text: string, events: Event[], { source }: YamlOptions): unknown {
  const schema = CORE_SCHEMA.withTags(realMapTag);
  let documents: unknown[];
  try {
    documents = constructFromEvents(events, { source: text, filename: source, schema, maxAliases });
  } catch (error) {
    throw wrapped(error, source);
  }
  if (documents.length > 1) {
    throw new YamlError(source, `one document was expected, ${documents.length} were found`, null);
  }
  return plain(documents[0] ?? null, { left: maxNodes, source }, 0);
}

/** Maps become objects without prototype; keys must be scalars, and are text. */
function plain(value: unknown, budget: { left: number; readonly source: string }, depth: number): unknown {
  budget.left -= 1;
  if (budget.left < 0)
    throw new YamlError(budget.source, `more than ${maxNodes} values after following aliases`, null);
  // An alias may stand inside what it points at: such a value has no end.
  if (depth > maxDepth * 2)
    throw new YamlError(budget.source, 'a value contains itself or is nested too deeply', null);
  if (Array.isArray(value)) return value.map((item) => plain(item, budget, depth + 1));
  if (!(value instanceof Map)) return value;
  const result: Record<string, unknown> = Object.create(null);
  for (const [key, item] of value) {
    if (key !== null && typeof key === 'object') {
      throw new YamlError(budget.source, 'a mapping key must be a plain value, not a list or mapping', null);
    }
    if (key === '<<') throw new YamlError(budget.source, 'merge keys (<<) are not supported', null);
    result[String(key)] = plain(item, budget, depth + 1);
  }
  return result;
}

function placeOf(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}

function wrapped(error: unknown, source: string): Error {
  if (!(error instanceof YAMLException)) return error instanceof Error ? error : new Error(String(error));
  const mark = error.mark;
  const place = mark === undefined || mark === null ? null : { line: mark.line + 1, column: mark.column + 1 };
  return new YamlError(source, error.reason, place);
}
