// Reads what a YAML or JSON input holds, key by key; every error names the key and its cure.
import { InputError } from '@headgate/kit/errors';
import { nearestName } from '@headgate/kit/nearest-name';

export type FormMap = Readonly<Record<string, unknown>>;

/** A map with no other keys than those known. @throws {InputError} naming the key and the nearest known one */
export function readMap(name: string, value: unknown, known: readonly string[]): FormMap {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new InputError(
      name,
      `a map of keys and values was expected, ${kindOf(value)} was found`,
      `Write it with keys out of ${known.join(', ')}.`,
    );
  }
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const near = nearestName(key, known);
    throw new InputError(
      name,
      `the key ${shown(key)} is not known${near === null ? '' : `, did you mean ${near}`}`,
      near === null ? `Use keys out of ${known.join(', ')}.` : `Write ${near} instead of ${shown(key)}.`,
    );
  }
  return value as FormMap;
}

/** One of the texts. @throws {InputError} */
export function readChoice<T extends string>(name: string, value: unknown, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  // YAML's older readers, and JSON, say false where people mean `off`.
  const off = choices.find((choice) => choice === 'off');
  if (value === false && off !== undefined) return off;
  const near = typeof value === 'string' ? nearestName(value, choices) : null;
  throw new InputError(
    name,
    `one of ${choices.join(', ')} was expected, ${shown(value)} was found`,
    `Write ${near ?? `one of ${choices.join(', ')}`}.`,
  );
}

/** A text that is not empty. @throws {InputError} */
export function readText(name: string, value: unknown, cure: string): string {
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  throw new InputError(name, `a text was expected, ${shown(value)} was found`, cure);
}

/** A value for an error message: short, on one line. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value !== null && typeof value === 'object') return kindOf(value);
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : shown(value);
}
