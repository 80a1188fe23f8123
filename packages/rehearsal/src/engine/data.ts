// Values of expressions: plain JavaScript on our side, GitHub's own data types inside the evaluator.
import { data } from '@actions/expressions';

/** Turns plain JSON-like data into the evaluator's types; `undefined` becomes null. */
export function toData(value: unknown): data.ExpressionData {
  if (value === null || value === undefined) return new data.Null();
  if (typeof value === 'string') return new data.StringData(value);
  if (typeof value === 'number') return new data.NumberData(value);
  if (typeof value === 'boolean') return new data.BooleanData(value);
  if (Array.isArray(value)) return new data.Array(...value.map(toData));
  const pairs = Object.entries(value).map(([key, item]) => ({ key, value: toData(item) }));
  return new data.Dictionary(...pairs);
}

/** The reverse of `toData`. */
export function fromData(value: data.ExpressionData): unknown {
  if (
    value instanceof data.StringData ||
    value instanceof data.NumberData ||
    value instanceof data.BooleanData
  ) {
    return value.value;
  }
  if (value instanceof data.Array) return value.values().map(fromData);
  if (value instanceof data.Dictionary) {
    return Object.fromEntries(value.pairs().map(({ key, value: item }) => [key, fromData(item)]));
  }
  return null;
}

/** The text GitHub makes of a value where a string is wanted: null is empty, objects are `Object`. */
export function toText(value: unknown): string {
  return typeof value === 'string' ? value : toData(value).coerceString();
}

/** What `if:` makes of a value: null, false, 0, NaN and '' are false. */
export function isTruthy(value: unknown): boolean {
  return !(
    value === null ||
    value === undefined ||
    value === false ||
    value === 0 ||
    value === '' ||
    Number.isNaN(value)
  );
}
