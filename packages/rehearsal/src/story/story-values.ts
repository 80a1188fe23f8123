// Kinds of values that a story is made of.
import { parseDuration } from '@headgate/kit/quantities';
import * as v from 'valibot';

export const filled = v.pipe(v.string(), v.nonEmpty('some text'));
export const duration = v.pipe(
  v.string(),
  v.check((text) => parseDuration(text) !== null, 'a duration such as 500ms, 30s or 2m'),
);
export const count = v.pipe(v.number(), v.integer('a whole number'), v.minValue(0, 'a number from 0'));
export const requestPath = v.pipe(
  v.string(),
  v.regex(/^\/[\x21-\x7e]*$/, 'a path beginning with /, without blanks'),
);
/** Of a request, by name. */
export const requestHeaders = v.record(
  v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9-]*$/, 'the name of a header')),
  v.pipe(v.string(), v.regex(/^[\x20-\x7e]*$/, 'one line of plain text')),
);
export const filePath = v.pipe(
  v.string(),
  v.regex(
    /^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))(?!\.git(?:\/|$))[^\0\r\n\\]+$/,
    'a path inside the folder, with / and without ..',
  ),
);
export const login = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/, 'a login: letters, digits and -'),
);

/** How many of the kinds a value has. */
export function given(value: Readonly<Record<string, unknown>>, kinds: readonly string[]): number {
  return kinds.filter((kind) => value[kind] !== undefined).length;
}
