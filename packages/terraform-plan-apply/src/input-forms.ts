// Forms that several inputs share; what has another form is refused by the name of its input.
import { InputError } from '@headgate/kit/errors';
import type { InputReader } from '@headgate/kit/inputs';

export type Reader = InputReader<string>;

/** `sha256:…`, or empty. */
export function digest(reader: Reader, input: string): string {
  return matching(reader, input, /^(sha256:[0-9a-f]{64})?$/, 'sha256: and 64 hex digits');
}

export function matching(reader: Reader, input: string, pattern: RegExp, wanted: string): string {
  const text = reader.text(input);
  if (pattern.test(text)) return text;
  const found = JSON.stringify(text.slice(0, 80));
  throw new InputError(input, `${wanted} was expected, ${found} was found`, `Write ${wanted}.`);
}

/** Milliseconds, more than 0. */
export function positive(reader: Reader, input: string): number {
  const ms = reader.duration(input);
  if (ms > 0) return ms;
  throw new InputError(input, 'a time longer than 0 was expected', 'Write for example 1h.');
}
