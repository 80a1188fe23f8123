// The named facts that a sealed file is bound to, and how two sets of them are compared.

/** What a sealed file is bound to; every field counts, absent ones differ. */
export type Bound = Readonly<Record<string, string | number>>;

/** The names of fields that are not the same on both sides, sorted. */
export function differingFields(found: Bound, expected: Bound): readonly string[] {
  const names = new Set([...Object.keys(found), ...Object.keys(expected)]);
  return [...names]
    .filter((name) => factOf(found, name) !== factOf(expected, name))
    .sort((a, b) => (a < b ? -1 : 1));
}

export function isBound(value: unknown): value is Bound {
  return (
    value !== null &&
    typeof value === 'object' &&
    !Array.isArray(value) &&
    Object.values(value).every(
      (item) => (typeof item === 'string' && item.isWellFormed()) || Number.isSafeInteger(item),
    )
  );
}

/** A fact by its name; names of every object, such as `constructor`, are none. */
export function factOf(bound: Bound, name: string): string | number | undefined {
  return Object.hasOwn(bound, name) ? bound[name] : undefined;
}
