// `{var: X}` in headgate.yml: a repository variable, looked up when a run begins.
import { nearestName } from '@headgate/kit/nearest-name';
import type { Value } from './schema.js';

/** A variable that is needed and not set. */
export interface MissingVariable {
  readonly variable: string;
  /** Where the reference stands in headgate.yml. */
  readonly path: readonly (string | number)[];
  /** A variable that is set and has nearly this name. */
  readonly near: string | null;
}

export interface References {
  /** The text that `value` stands for; null when its variable is missing, which is then in `missing`. */
  resolve(value: Value, path: readonly (string | number)[]): string | null;
  readonly missing: readonly MissingVariable[];
}

/**
 * Looks references up among `variables` (`toJSON(vars)`). GitHub keeps names in upper case, so an exact name comes
 * first and its upper-case form second.
 */
export function createReferences(variables: ReadonlyMap<string, string>): References {
  const missing: MissingVariable[] = [];
  return {
    missing,
    resolve(value, path) {
      if (typeof value === 'string') return value;
      const found = variables.get(value.var) ?? variables.get(value.var.toUpperCase()) ?? value.default;
      if (found !== undefined) return found;
      const place = path.join('.');
      if (missing.some((known) => known.path.join('.') === place)) return null;
      missing.push({ variable: value.var, path, near: nearestName(value.var, [...variables.keys()]) });
      return null;
    },
  };
}
