// The steps of a canary: growing shares of the requests, each with its time, and pauses between them; pure.
import { duration, shown, time, wrong } from './strategy-forms.js';

export type Pause =
  | { readonly kind: 'time'; readonly forMs: number }
  /** Until somebody who may says so. */
  | { readonly kind: 'approval' };

export interface CanaryStep {
  /** Share of new requests that go to the new version: more than 0, at most 100. */
  readonly percent: number;
  /** Milliseconds in which it must keep up with this share; the input `settle` for 100 without a time. */
  readonly forMs: number | null;
  /** What is waited for afterwards, at the same share, before the next; absent for nothing. */
  readonly pauses?: readonly Pause[];
}

const stepForm = /^(\d{1,3}(?:\.\d{1,2})?)%(?:\s+for\s+(\S+))?$/;
const pauseForm = /^pause:\s*(\S+)$/;
const example = 'Write steps such as 5% for 2m, 25% for 5m, pause: approval, 100%.';

/** Grow, and end with 100. @throws {InputError} */
export function readSteps(value: unknown): readonly CanaryStep[] {
  const listed: readonly unknown[] = Array.isArray(value) ? value : String(value ?? '').split(',');
  const steps: CanaryStep[] = [];
  let isPaused = false;
  for (const item of listed) {
    const pause = pauseIn(item);
    isPaused = pause !== null;
    if (pause === null) steps.push(readStep(item));
    else steps.push(paused(steps.pop(), pause));
  }
  if (isPaused)
    throw wrong('steps: nothing comes after the last pause', 'Write a share after it, such as 100%.');
  const shares = steps.map(({ percent }) => percent);
  const back = shares.findIndex((percent, index) => index > 0 && percent <= (shares[index - 1] ?? 0));
  if (back > 0) throw wrong(`steps: ${shares[back]}% comes after ${shares[back - 1]}%`, grows);
  return shares.at(-1) === 100 ? steps : [...steps, { percent: 100, forMs: null }];
}

const grows = 'Write steps that grow, such as 5% for 2m, 25% for 5m, 100%.';

function paused(step: CanaryStep | undefined, pause: Pause): CanaryStep {
  if (step === undefined) throw wrong('steps: there is nothing to pause at before the first share', example);
  return { ...step, pauses: [...(step.pauses ?? []), pause] };
}

/** Null for what is no pause. */
function pauseIn(item: unknown): Pause | null {
  const words = typeof item === 'string' ? (pauseForm.exec(item.trim())?.[1] ?? null) : memberIn(item);
  if (words === null) return null;
  return words === 'approval' ? { kind: 'approval' } : { kind: 'time', forMs: time('pause', words) };
}

/** `pause: 10m` in a YAML list is a map. */
function memberIn(item: unknown): unknown {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return null;
  const [[key, value] = ['', null], ...others] = Object.entries(item);
  if (key === 'pause' && others.length === 0 && value !== null) return value;
  throw wrong(`steps: a share or a pause was expected, ${shown(item)} was found`, example);
}

function readStep(item: unknown): CanaryStep {
  const text = typeof item === 'string' || typeof item === 'number' ? String(item).trim() : shown(item);
  const [, share, forTime] = stepForm.exec(text) ?? [];
  const percent = Number(share ?? '0');
  if (percent > 0 && percent <= 100 && (forTime !== undefined || percent === 100))
    return { percent, forMs: forTime === undefined ? null : duration('steps', forTime) };
  throw wrong(
    `steps: a share of 0.01 to 100 and its time were expected, ${shown(text)} was found`,
    'Write for example 5% for 2m.',
  );
}
