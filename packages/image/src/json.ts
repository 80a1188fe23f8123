// Documents of an image, read without trusting what wrote them.
import { failure } from './failures.js';

export type Json = Readonly<Record<string, unknown>>;

/** The JSON in some bytes. @throws ActionError `layout-invalid` */
export function parseJson(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw failure('layout-invalid', `${what} is not JSON.`, cause);
  }
}

/** The value as an object; empty when it is none. */
export function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** The objects of a list; empty when it is none. */
export function objects(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(object) : [];
}

/** The texts of a list; null when it is no list, or not of texts alone. */
export function texts(value: unknown): readonly string[] | null {
  if (!Array.isArray(value)) return null;
  return value.every((one): one is string => typeof one === 'string') ? value : null;
}

/** The text; empty when it is none. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
