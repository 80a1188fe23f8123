// Text, lists and key=value pairs out of what an input or a settings member holds.
import { InputError } from './errors.js';

/** Scalars as text; lists and mappings are refused. */
export function textOf(name: string, value: unknown): string {
  if (typeof value === 'string') return value.trim();
  if (value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new InputError(
    name,
    'one value was expected, a list or mapping was found',
    `Give ${name} a single value.`,
  );
}

/** Lines or commas of a text, or the scalars of a JSON array; empty items are dropped. */
export function listOf(name: string, value: unknown): readonly string[] {
  if (!Array.isArray(value)) return nonEmpty(textOf(name, value).split(/[\r\n,]/));
  return nonEmpty(value.map((item) => textOf(name, item)));
}

/** `KEY=VALUE` lines of a text (the value may hold `=`), or the members of a JSON object. */
export function keyValuesOf(name: string, value: unknown): ReadonlyMap<string, string> {
  if (Array.isArray(value))
    return pairs(
      name,
      value.map((item) => textOf(name, item)),
    );
  if (value === null || typeof value !== 'object') return pairs(name, textOf(name, value).split(/\r?\n/));
  return new Map(Object.entries(value).map(([key, item]) => [key, textOf(`${name}.${key}`, item)]));
}

function pairs(name: string, lines: readonly string[]): ReadonlyMap<string, string> {
  const result = new Map<string, string>();
  for (const line of nonEmpty(lines)) {
    const at = line.indexOf('=');
    if (at < 1) {
      const problem = `KEY=VALUE was expected on each line, ${JSON.stringify(line.slice(0, 40))} was found`;
      throw new InputError(name, problem, 'Write one KEY=VALUE on each line.');
    }
    const key = line.slice(0, at).trim();
    if (result.has(key))
      throw new InputError(name, `the key ${key} stands twice`, `Keep one line for ${key}.`);
    result.set(key, line.slice(at + 1).trim());
  }
  return result;
}

function nonEmpty(items: readonly string[]): readonly string[] {
  return items.map((item) => item.trim()).filter((item) => item !== '');
}
