// Expands a matrix into its combinations, as GitHub does.
import { toText } from './data.js';
import { problem } from './problem.js';

export type Combination = Readonly<Record<string, unknown>>;

/** Most legs GitHub allows in one matrix. */
export const legLimit = 256;

function same(left: unknown, right: unknown): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => same(item, right[index]));
  }
  if (isRecord(left) && isRecord(right)) {
    const keys = Object.keys(left);
    return keys.length === Object.keys(right).length && keys.every((key) => same(left[key], right[key]));
  }
  return left === right;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An exclude entry matches when it is a part of the value, objects compared part by part. */
function covers(part: unknown, whole: unknown): boolean {
  if (isRecord(part) && isRecord(whole))
    return Object.entries(part).every(([key, value]) => covers(value, whole[key]));
  return same(part, whole);
}

/** GitHub refuses a misspelt key here, where for `include` it would be a new one. */
function checkExcludes(excludes: readonly unknown[], names: ReadonlySet<string>, where: string): void {
  const keys = excludes.flatMap((entry) => (isRecord(entry) ? Object.keys(entry) : []));
  const stray = keys.find((key) => !names.has(key));
  if (stray === undefined) return;
  throw problem(
    'expression-failed',
    `${where}: Matrix exclude key '${stray}' does not match any key within the matrix`,
    `Use one of: ${[...names].join(', ')}.`,
  );
}

function product(vectors: readonly (readonly [string, readonly unknown[]])[]): Combination[] {
  return vectors.reduce<Combination[]>(
    (combinations, [name, values]) =>
      combinations.flatMap((combination) => values.map((value) => ({ ...combination, [name]: value }))),
    vectors.length === 0 ? [] : [{}],
  );
}

function list(value: unknown, name: string, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw problem(
    'expression-failed',
    `${where}: matrix.${name} must be a list, not ${toText(value)}`,
    'Give a JSON list.',
  );
}

function withIncludes(
  combinations: readonly Combination[],
  includes: readonly Combination[],
  names: readonly string[],
): Combination[] {
  const result = [...combinations];
  const added: Combination[] = [];
  for (const entry of includes) {
    let placed = false;
    combinations.forEach((combination, index) => {
      const fits = Object.entries(entry).every(
        ([key, value]) => !names.includes(key) || same(combination[key], value),
      );
      if (!fits) return;
      placed = true;
      result[index] = { ...result[index], ...entry };
    });
    if (!placed) added.push(entry);
  }
  return [...result, ...added];
}

/**
 * All legs of an evaluated `matrix:` in GitHub's order. An empty vector or a matrix without legs is an error, as on GitHub.
 * Source: docs.github.com, "Running variations of jobs in a workflow".
 */
export function expandMatrix(matrix: unknown, where: string): readonly Combination[] {
  if (!isRecord(matrix)) {
    throw problem(
      'expression-failed',
      `${where}: the matrix must be an object, not ${toText(matrix)}`,
      'Give an object.',
    );
  }
  const vectors = Object.entries(matrix)
    .filter(([name]) => name !== 'include' && name !== 'exclude')
    .map(([name, values]) => [name, list(values, name, where)] as const);
  const empty = vectors.find(([, values]) => values.length === 0);
  if (empty !== undefined) {
    throw problem(
      'expression-failed',
      `${where}: matrix vector '${empty[0]}' does not contain any values`,
      "Guard the job with `if: <list> != '[]'`.",
    );
  }
  const excludes = list(matrix['exclude'] ?? [], 'exclude', where);
  checkExcludes(excludes, new Set(vectors.map(([name]) => name)), where);
  const includes = list(matrix['include'] ?? [], 'include', where).filter(isRecord);
  const kept = product(vectors).filter(
    (combination) => !excludes.some((entry) => covers(entry, combination)),
  );
  const legs = withIncludes(
    kept,
    includes,
    vectors.map(([name]) => name),
  );
  if (legs.length === 0)
    throw problem(
      'expression-failed',
      `${where}: the matrix has no combination`,
      'Guard the job with an `if:`.',
    );
  if (legs.length > legLimit) {
    throw problem(
      'expression-failed',
      `${where}: ${legs.length} combinations, at most ${legLimit}`,
      'Make the matrix smaller.',
    );
  }
  return legs;
}

/** `v1, v2`: the scalars of a leg in order, as GitHub shows them behind a job's name. */
export function legTitle(combination: Combination): string {
  const scalars = (value: unknown): string[] => {
    if (Array.isArray(value)) return value.flatMap(scalars);
    return isRecord(value) ? Object.values(value).flatMap(scalars) : [toText(value)];
  };
  return scalars(Object.values(combination))
    .filter((text) => text !== '')
    .join(', ');
}
