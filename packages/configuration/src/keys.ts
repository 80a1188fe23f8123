// Unknown keys by name: all of them, with what was probably meant.
import { nearestName } from '@headgate/kit/nearest-name';
import { type Finding, isMapping, type Path, showPath } from './finding.js';

/** A valibot schema, as far as keys are concerned. */
export interface Node {
  readonly type?: string;
  readonly pipe?: readonly Node[];
  readonly wrapped?: Node;
  readonly entries?: Readonly<Record<string, Node>>;
  readonly value?: Node;
  readonly item?: Node;
  readonly options?: readonly Node[];
  /** Of a variant: the key that tells its options apart. */
  readonly key?: string;
  /** Of a literal. */
  readonly literal?: unknown;
}

/** Unknown keys, and lists where a mapping belongs: to valibot a list is an object too. */
export function keyFindings(node: Node, value: unknown, path: Path): readonly Finding[] {
  const schema = unwrap(node);
  if (Array.isArray(value) && (schema.type === 'strict_object' || schema.type === 'record')) {
    const where = path.length === 0 ? 'the file' : `\`${showPath(path)}\``;
    const message = `${where}: a mapping of keys to values was expected, found a list`;
    return [{ path, at: 'value', message, cure: 'Write keys with values, without dashes and brackets.' }];
  }
  if (Array.isArray(value)) {
    const item = schema.item;
    return item === undefined
      ? []
      : value.flatMap((each, index) => keyFindings(item, each, [...path, index]));
  }
  if (!isMapping(value)) return [];
  const children = Object.entries(value);
  if (schema.value !== undefined && schema.type === 'record') {
    const child = schema.value;
    return children.flatMap(([key, each]) => keyFindings(child, each, [...path, key]));
  }
  const mapping = mappingOf(schema, value);
  const entries = mapping?.entries;
  if (entries === undefined) return [];
  return children.flatMap(([key, each]) => {
    const child = Object.hasOwn(entries, key) ? entries[key] : undefined;
    if (child === undefined) return [unknownKey([...path, key], Object.keys(entries))];
    return keyFindings(child, each, [...path, key]);
  });
}

/** The schema of a mapping: of several, the one that it says it is, or that knows most of its keys, also misspelt. */
function mappingOf(schema: Node, value: Readonly<Record<string, unknown>>): Node | undefined {
  const { type, key } = schema;
  if (type === 'variant' && key !== undefined)
    return mappingsOf(schema).find(({ entries }) => entries?.[key]?.literal === value[key]);
  if (type !== 'union') return schema;
  const known = ({ entries = {} }: Node): number =>
    Object.keys(value).filter((name) => nearestName(name, Object.keys(entries)) !== null).length;
  return mappingsOf(schema).toSorted((left, right) => known(right) - known(left))[0];
}

/** The mappings among the options of a schema, and of the choices inside them. */
function mappingsOf({ options = [] }: Node): readonly Node[] {
  return options
    .map(unwrap)
    .flatMap((option) =>
      option.type === 'union' ? mappingsOf(option) : option.entries === undefined ? [] : [option],
    );
}

function unwrap(node: Node): Node {
  const inner = node.wrapped ?? (node.pipe?.[0] === node ? undefined : node.pipe?.[0]);
  if (inner === undefined || (node.entries ?? node.value ?? node.item ?? node.options) !== undefined)
    return node;
  return unwrap(inner);
}

function unknownKey(path: Path, known: readonly string[]): Finding {
  const key = String(path.at(-1));
  const near = nearestName(key, known);
  const cure =
    near === null
      ? `Remove it, or use one of: ${known.join(', ')}.`
      : `Write \`${near}\` instead of \`${key}\`.`;
  const question = near === null ? '' : `, did you mean \`${near}\`?`;
  return { path, at: 'key', message: `unknown key \`${key}\`${question}`, cure };
}
