// Turns OpenAPI 3.0 schemas into plain JSON Schema: texts and examples dropped, `nullable` spelled out, references collected.

const keywords = new Set([
  'type',
  'enum',
  'format',
  'pattern',
  'required',
  'nullable',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'uniqueItems',
  'exclusiveMinimum',
  'exclusiveMaximum',
]);
const single = ['items', 'not'];
const lists = ['allOf', 'anyOf', 'oneOf'];

/** Order of names by their characters, whatever the machine's language. */
export const alphabetical = (a, b) => (a < b ? -1 : Number(a > b));

function sortKeys(object) {
  return Object.fromEntries(
    Object.keys(object)
      .sort(alphabetical)
      .map((key) => [key, object[key]]),
  );
}

function spellNull(schema) {
  const { nullable, ...rest } = schema;
  if (nullable !== true) return rest;
  if (rest.enum !== undefined && !rest.enum.includes(null)) rest.enum = [...rest.enum, null];
  if (typeof rest.type === 'string') return { ...rest, type: [rest.type, 'null'] };
  if (Object.keys(rest).length === 0 || rest.enum !== undefined) return rest;
  return { anyOf: [{ type: 'null' }, rest] };
}

/** `schema` converts one schema; `components` returns, converted, all that were referred to, however deep. */
export function createCutter(description) {
  const found = new Map();

  function resolve(node) {
    if (node.$ref === undefined) return node;
    const value = node.$ref
      .slice(2)
      .split('/')
      .reduce((at, key) => at[key], description);
    if (value === undefined) throw new Error(`dangling reference ${node.$ref}`);
    return resolve(value);
  }

  function reference(ref) {
    const name = ref.replace('#/components/schemas/', '');
    if (!found.has(name)) {
      found.set(name, null);
      found.set(name, schema(description.components.schemas[name]));
    }
    return { $ref: `#/schemas/${name}` };
  }

  function schema(node) {
    if (node.$ref !== undefined) return reference(node.$ref);
    const result = {};
    for (const key of Object.keys(node)) if (keywords.has(key)) result[key] = node[key];
    // An address whose default is the empty text is empty when there is none.
    if (node.default === '') delete result.format;
    for (const key of single) if (node[key] !== undefined) result[key] = schema(node[key]);
    for (const key of lists) if (node[key] !== undefined) result[key] = node[key].map(schema);
    if (node.properties !== undefined) {
      const properties = Object.entries(node.properties).map(([name, value]) => [name, schema(value)]);
      result.properties = sortKeys(Object.fromEntries(properties));
    }
    const more = node.additionalProperties;
    if (more !== undefined) result.additionalProperties = typeof more === 'object' ? schema(more) : more;
    return sortKeys(spellNull(result));
  }

  return { resolve, schema, components: () => Object.fromEntries(found) };
}
