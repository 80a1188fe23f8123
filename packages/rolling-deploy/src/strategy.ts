// How a service goes from one version to the next, as the input `strategy` says it; pure.
import { type AbTest, abMembers, readAb } from './strategy-ab.js';
import { type AnalysisPlan, readAnalysis } from './strategy-analysis.js';
import { choice, duration, membersOf, shown, time, wrong } from './strategy-forms.js';
import { type CanaryStep, readSteps } from './strategy-steps.js';

/** A number of instances, or a share of the wanted ones. */
export interface Amount {
  readonly value: number;
  readonly unit: 'instances' | 'percent';
}

export interface Rolling {
  readonly kind: 'rolling';
  /** Instances above the wanted number that may exist meanwhile; a share is rounded up. */
  readonly surge: Amount;
  /** Instances of the wanted number that may be missing meanwhile; a share is rounded down. */
  readonly unavailable: Amount;
  /** Most instances replaced at a time; null: as many as surge and unavailable allow. */
  readonly batch: Amount | null;
}

export interface BlueGreen {
  readonly kind: 'blue-green';
  /** Milliseconds in which the former set stays ready after the switch. */
  readonly warmMs: number;
}

export interface Canary {
  readonly kind: 'canary';
  /** Growing shares; the last one is 100. */
  readonly steps: readonly CanaryStep[];
  readonly analysis: AnalysisPlan;
  /** Milliseconds that a pause for approval may take; then the new version goes. */
  readonly pauseDeadlineMs: number;
}

export type Strategy = Rolling | BlueGreen | Canary | AbTest;

const one: Amount = { value: 1, unit: 'instances' };
const none: Amount = { value: 0, unit: 'instances' };

/** One instance more, none missing, one at a time. */
export const defaultStrategy: Rolling = { kind: 'rolling', surge: one, unavailable: none, batch: null };

const types = ['rolling', 'blue-green', 'canary', 'ab'] as const;

const members = {
  rolling: ['type', 'surge', 'unavailable', 'batch'],
  'blue-green': ['type', 'keep-warm'],
  canary: ['type', 'steps', 'analysis', 'pause-deadline'],
  ab: abMembers,
} as const;

/**
 * @param value the input as YAML: a type alone, or a map with `type` and that type's members; undefined for none
 * @throws {InputError} for unknown types and members, shares that do not grow, and what would never move
 */
export function parseStrategy(value: unknown): Strategy {
  if (value === undefined || value === null || value === '') return defaultStrategy;
  const map = typeof value === 'string' ? { type: value } : value;
  if (typeof map !== 'object' || map === null || Array.isArray(map))
    throw wrong('a type or a map was expected', 'Write for example {type: rolling, surge: 1}.');
  const type = choice('type', new Map(Object.entries(map)).get('type') ?? 'rolling', types);
  const given = membersOf(type, map, members[type]);
  switch (type) {
    case 'rolling':
      return readRolling(given);
    case 'blue-green':
      return { kind: 'blue-green', warmMs: duration('keep-warm', given.get('keep-warm') ?? '30s') };
    case 'canary':
      return {
        kind: 'canary',
        steps: readSteps(given.get('steps')),
        analysis: readAnalysis(given.get('analysis')),
        pauseDeadlineMs: time('pause-deadline', given.get('pause-deadline') ?? '1h'),
      };
    case 'ab':
      return readAb(given);
  }
}

/** A share of `wanted` as a whole number. */
export function countOf({ value, unit }: Amount, wanted: number, round: 'up' | 'down'): number {
  if (unit === 'instances') return value;
  const exact = (wanted * value) / 100;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}

function readRolling(given: ReadonlyMap<string, unknown>): Rolling {
  const surge = amount('surge', given.get('surge'), one);
  const unavailable = amount('unavailable', given.get('unavailable'), none);
  const batch = given.has('batch') ? amount('batch', given.get('batch'), one) : null;
  if (surge.value === 0 && unavailable.value === 0)
    throw wrong('surge 0 with unavailable 0 would replace nothing', 'Set surge or unavailable to 1 or more.');
  if (batch?.value === 0) throw wrong('batch 0 would replace nothing', 'Set batch to 1 or more.');
  return { kind: 'rolling', surge, unavailable, batch };
}

function amount(member: string, value: unknown, usual: Amount): Amount {
  if (value === undefined) return usual;
  const [, digits, percent] = /^(\d{1,3})(%?)$/.exec(String(value)) ?? [];
  const limit = percent === '%' ? 100 : 64;
  if (digits !== undefined && Number(digits) <= limit)
    return { value: Number(digits), unit: percent === '%' ? 'percent' : 'instances' };
  throw wrong(
    `${member}: a number of instances up to 64 or a share up to 100% was expected, ${shown(value)} was found`,
    `Write for example ${member}: 1 or ${member}: 25%.`,
  );
}
