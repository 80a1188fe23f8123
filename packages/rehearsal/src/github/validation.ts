// Holds requests, responses and event payloads against GitHub's description; what differs is a violation, never repaired.
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { description, type OperationDescription, type Schema } from './description.js';

export interface Violation {
  readonly side: 'request' | 'response' | 'event';
  /** Operation id or event name; the path of an unknown operation. */
  readonly operation: string;
  /** What is wrong and where: `body/title must be string`. */
  readonly problem: string;
}

const ajv = new Ajv({
  strict: false,
  allErrors: false,
  logger: false,
  schemas: [{ $id: 'cut', schemas: description.schemas }],
});
addFormats.default(ajv);
// A commit carries whatever address its author set, and GitHub passes it on.
ajv.addFormat('email', true);
// Query parameters arrive as text: `per_page=5` is held against an integer.
const coercing = new Ajv({ strict: false, logger: false, coerceTypes: 'array' });
addFormats.default(coercing);

const compiled = new Map<Schema, ValidateFunction>();

function absolute(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(absolute);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [key, `cut${inner}`] : [key, absolute(inner)],
  );
  return Object.fromEntries(entries);
}

function check(schema: Schema, value: unknown): readonly ErrorObject[] {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    validate = ajv.compile(absolute(schema) as Schema);
    compiled.set(schema, validate);
  }
  const valid: boolean = validate(value);
  return valid ? [] : (validate.errors ?? []);
}

/** The deepest of the errors: under `oneOf` that is the branch which fitted best. */
function told(place: string, errors: readonly ErrorObject[]): string {
  const [first, ...others] = errors;
  const best = others.reduce(
    (found, error) => (error.instancePath.length > (found?.instancePath.length ?? 0) ? error : found),
    first,
  );
  return `${place}${best?.instancePath ?? ''} ${best?.message ?? 'is wrong'}`;
}

function checkParameters(operation: OperationDescription, given: RequestParts): string | null {
  const known = new Map(
    operation.parameters.map((parameter) => [`${parameter.in} ${parameter.name}`, parameter]),
  );
  const values = [
    ...Object.entries(given.path).map(([name, value]) => ['path', name, value] as const),
    ...Object.entries(given.query).map(([name, value]) => ['query', name, value] as const),
  ];
  for (const [place, name, value] of values) {
    const parameter = known.get(`${place} ${name}`);
    if (parameter === undefined) return `${place} parameter ${name} is not in the description`;
    const validate = coercing.compile({ type: 'object', properties: { value: parameter.schema } });
    if (!validate({ value })) return told(`${place} parameter ${name}`, validate.errors ?? []);
  }
  const missing = operation.parameters.find(
    (p) => p.required && !(p.name in given[p.in === 'path' ? 'path' : 'query']),
  );
  return missing === undefined ? null : `${missing.in} parameter ${missing.name} is missing`;
}

/** GitHub ignores unknown members; here they are a mistake of the caller, found early. */
function unknownMember(schema: Schema, body: unknown): string | null {
  const properties = schema['properties'];
  if (typeof body !== 'object' || body === null || typeof properties !== 'object' || properties === null)
    return null;
  if (schema['additionalProperties'] !== undefined) return null;
  const stranger = Object.keys(body).find((key) => !(key in properties));
  return stranger === undefined ? null : `body/${stranger} is not in the description`;
}

export interface RequestParts {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Parsed JSON; undefined when the request has no JSON body. */
  readonly body: unknown;
}

/** The first difference between a request and the description, or null. */
export function checkRequest(operation: OperationDescription, parts: RequestParts): string | null {
  const parameters = checkParameters(operation, parts);
  if (parameters !== null) return parameters;
  if (operation.body === null) return null;
  if (parts.body === undefined) return operation.body.required ? 'a JSON body is missing' : null;
  const errors = check(operation.body.schema, parts.body);
  return errors.length > 0 ? told('body', errors) : unknownMember(operation.body.schema, parts.body);
}

/** The first difference between a response and the description, or null. Errors (4xx) may be any `{message}`. */
export function checkResponse(operation: OperationDescription, status: number, body: unknown): string | null {
  const schema = operation.responses[String(status)];
  if (schema === undefined && status >= 400) return null;
  if (schema === undefined) return status === 304 ? null : `status ${status} is not in the description`;
  if (schema === null) return null;
  const errors = check(schema, body);
  return errors.length === 0 ? null : told('response', errors);
}

/** The first difference between an event's payload and GitHub's webhook description; null also when it has none for it. */
export function checkPayload(event: string, payload: Readonly<Record<string, unknown>>): string | null {
  const action = typeof payload['action'] === 'string' ? `${event}-${payload['action']}` : event;
  const schema = description.webhooks[action.replaceAll('_', '-')];
  if (schema === undefined) return null;
  const errors = check(schema, payload);
  return errors.length === 0 ? null : told('payload', errors);
}
