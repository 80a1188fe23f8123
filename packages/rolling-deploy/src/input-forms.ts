// The forms that inputs of every mode have, each judged without asking anybody.
import { InputError } from '@headgate/kit/errors';
import type { InputReader } from '@headgate/kit/inputs';

export type Reader = InputReader<string>;

export const name = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
export const requestPath = /^\/[\x21-\x7e]*$/;
export const optionalName = /^([A-Za-z0-9][A-Za-z0-9._:-]{0,127})?$/;

/** @throws {InputError} for the first of `inputs` that is empty */
export function required(reader: Reader, inputs: readonly string[]): void {
  const missing = inputs.find((input) => reader.text(input) === '');
  if (missing === undefined) return;
  const hint = `Set \`${missing}:\` under \`with:\` of this step.`;
  throw new InputError(missing, 'it is required and was not given', hint);
}

export function matching(reader: Reader, input: string, pattern: RegExp, wanted: string): string {
  const text = reader.text(input);
  if (pattern.test(text)) return text;
  throw new InputError(
    input,
    `${wanted} was expected, ${JSON.stringify(text.slice(0, 80))} was found`,
    `Write ${wanted}.`,
  );
}

export function positive(reader: Reader, input: string): number {
  const ms = reader.duration(input);
  if (ms > 0) return ms;
  throw new InputError(input, 'a time longer than 0 was expected', 'Write for example 1s.');
}
