// Descriptors and the JSON around them, read without trusting what wrote them.
import type { Descriptor } from '@headgate/kit/registry/descriptor';
import { isDigest } from '@headgate/kit/registry/reference';
import { failure } from './failures.js';

export type Json = Readonly<Record<string, unknown>>;

/** @throws ActionError `layout-invalid` for an incomplete one */
export function readDescriptor(value: Json): Descriptor {
  const { mediaType, digest, size } = value;
  if (!isDigest(digest)) throw invalid(`"${String(digest)}" is not a sha256 digest`);
  if (typeof mediaType !== 'string' || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw invalid(`the descriptor of ${digest} is incomplete`);
  }
  return { mediaType, digest, size };
}

/** The JSON object in some bytes. @throws ActionError `layout-invalid` */
export function parse(bytes: Uint8Array, what: string): Json {
  try {
    return object(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (cause) {
    throw invalid(`${what} is not JSON`, cause);
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

/** The error for a layout that is not what it should be. */
export function invalid(problem: string, cause?: unknown): Error {
  return failure(
    'layout-invalid',
    `The built image cannot be read: ${problem}.`,
    'Run the job again; if it repeats, report the buildx and BuildKit versions.',
    cause,
  );
}
