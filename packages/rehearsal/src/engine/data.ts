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

/** Names of variables differ by case, as on Linux. Source: `CaseSensitiveDictionaryContextData` of actions/runner. */
class Variables extends data.Dictionary {
  readonly #values = new Map<string, data.ExpressionData>();

  override add(name: string, value: data.ExpressionData): void {
    this.#values.set(name, value);
  }

  override get(name: string): data.ExpressionData | undefined {
    return this.#values.get(name);
  }

  override values(): data.ExpressionData[] {
    return [...this.#values.values()];
  }

  override pairs(): { key: string; value: data.ExpressionData }[] {
    return [...this.#values].map(([key, value]) => ({ key, value }));
  }
}

/** The `env` context. */
export function toVariables(environment: unknown): data.Dictionary {
  const variables = new Variables();
  const entries = typeof environment === 'object' && environment !== null ? Object.entries(environment) : [];
  for (const [name, value] of entries) variables.add(name, toData(value));
  return variables;
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
