// The budgets as people write them, read to a typed form.
import { InputError } from '@headgate/kit/errors';
import { parseInteger, parseSize } from '@headgate/kit/quantities';
import { readChoice, readMap, shown } from './form-reader.js';
import { type Measure, measures } from './measured-image.js';

export interface Limit {
  /** Bytes, layers, or thousandths of a percent. */
  readonly value: number;
  /** As it was written: `20MB` and `20MiB` are two limits. */
  readonly text: string;
}

/** Above `warn` people are told, above `fail` nothing is published; a value at the limit is within it. */
export interface Limits {
  readonly warn: Limit | null;
  readonly fail: Limit | null;
}

export const budgetNames = ['size', 'growth', 'growth-percent', 'layers'] as const;
export type BudgetName = (typeof budgetNames)[number];

export interface Budgets {
  readonly measure: Measure;
  readonly limits: Readonly<Record<BudgetName, Limits>>;
}

interface Unit {
  readonly wanted: string;
  readonly parse: (text: string) => number | null;
}

const bytes: Unit = { wanted: 'a size such as 20MB or 20MiB', parse: parseSize };
const units: Readonly<Record<BudgetName, Unit>> = {
  size: bytes,
  growth: bytes,
  'growth-percent': { wanted: 'a percentage such as 5 or 2.5%', parse: parsePercent },
  layers: { wanted: 'a whole number', parse: parseCount },
};

const noLimits: Limits = { warn: null, fail: null };
export const noBudgets: Budgets = {
  measure: 'compressed',
  limits: { size: noLimits, growth: noLimits, 'growth-percent': noLimits, layers: noLimits },
};

/**
 * @param value parsed YAML or JSON: `measure`, and limits by name: one value, which fails, or `{warn, fail}`
 * @throws {InputError} naming the key that is wrong
 */
export function parseBudgets(name: string, value: unknown): Budgets {
  if (value === null || value === undefined || value === '') return noBudgets;
  const form = readMap(name, value, ['measure', ...budgetNames]);
  const limits = budgetNames.map((each) => [each, readLimits(`${name}: ${each}`, form[each], units[each])]);
  return {
    measure:
      form['measure'] === undefined
        ? 'compressed'
        : readChoice(`${name}: measure`, form['measure'], measures),
    limits: Object.fromEntries(limits) as Budgets['limits'],
  };
}

function readLimits(name: string, value: unknown, unit: Unit): Limits {
  if (value === undefined || value === null) return noLimits;
  if (typeof value !== 'object') return { warn: null, fail: readLimit(name, value, unit) };
  const form = readMap(name, value, ['warn', 'fail']);
  const read = (key: 'warn' | 'fail'): Limit | null =>
    form[key] === undefined || form[key] === null ? null : readLimit(`${name}.${key}`, form[key], unit);
  const limits = { warn: read('warn'), fail: read('fail') };
  if (limits.warn !== null && limits.fail !== null && limits.warn.value > limits.fail.value) {
    throw new InputError(
      `${name}.warn`,
      `at most ${limits.fail.text}, where it fails, was expected, ${limits.warn.text} was found`,
      'Make `warn` the smaller of the two.',
    );
  }
  return limits;
}

function readLimit(name: string, value: unknown, { wanted, parse }: Unit): Limit {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  const parsed = parse(text);
  if (parsed !== null) return { value: parsed, text };
  throw new InputError(name, `${wanted} was expected, ${shown(value)} was found`, `Write ${wanted}.`);
}

function parseCount(text: string): number | null {
  const count = parseInteger(text);
  return count === null || count < 0 ? null : count;
}

/** Thousandths, so that no limit is a binary fraction. */
function parsePercent(text: string): number | null {
  const match = /^(\d{1,6})(?:\.(\d{1,3}))?\s?%?$/.exec(text);
  if (match === null) return null;
  return Number(match[1]) * 1000 + Number((match[2] ?? '').padEnd(3, '0'));
}
