// Sensitive marks of a plan: which values they cover, and how a value looks with them applied.

/** Shorter texts occur everywhere by chance. */
const minimumLength = 4;
const hidden = '(sensitive)';
const unknownText = '(known after apply)';

/** Every text, and every number of some length, that `marks` covers in `value`. */
export function sensitiveValues(value: unknown, marks: unknown): readonly string[] {
  if (marks === true) return leaves(value);
  if (!isContainer(marks) || !isContainer(value)) return [];
  return Object.entries(marks).flatMap(([key, mark]) => sensitiveValues(member(value, key), mark));
}

/** The value as people may see it: sensitive parts hidden, unknown ones named. */
export function maskValue(value: unknown, marks: unknown, unknown: unknown): unknown {
  if (marks === true) return hidden;
  if (unknown === true) return unknownText;
  if (Array.isArray(value)) {
    return value.map((item, index) =>
      maskValue(item, member(marks, String(index)), member(unknown, String(index))),
    );
  }
  if (value === null || typeof value !== 'object') return value;
  const names = new Set([...Object.keys(value), ...trueNames(unknown)]);
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      maskValue(member(value, name), member(marks, name), member(unknown, name)),
    ]),
  );
}

/** A masked value on one line, at most `limit` characters. */
export function showValue(masked: unknown, limit: number): string {
  const isPlain = masked === hidden || masked === unknownText;
  const text = isPlain ? String(masked) : JSON.stringify(masked);
  return text.length <= limit
    ? text
    : `${Array.from(text)
        .slice(0, limit - 1)
        .join('')}…`;
}

/** A member of an object or array; undefined for anything else. */
export function member(value: unknown, name: string): unknown {
  if (!isContainer(value) || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

function leaves(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.trim().length >= minimumLength ? [value] : [];
  if (typeof value === 'number') return String(value).length >= minimumLength * 2 ? [String(value)] : [];
  return isContainer(value) ? Object.values(value).flatMap(leaves) : [];
}

function trueNames(unknown: unknown): readonly string[] {
  if (!isContainer(unknown) || Array.isArray(unknown)) return [];
  return Object.entries(unknown)
    .filter(([, value]) => value === true)
    .map(([name]) => name);
}

function isContainer(value: unknown): value is object {
  return value !== null && typeof value === 'object';
}
