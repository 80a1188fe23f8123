// What is found wrong in headgate.yml, before its place in the text is known.

export type Path = readonly (string | number)[];

/** A problem before its place in the file is known. `at` says which part of the path the place is. */
export interface Finding {
  readonly path: Path;
  readonly at: 'key' | 'value';
  readonly message: string;
  readonly cure: string;
}

export function showPath(path: Path): string {
  return path.join('.');
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
