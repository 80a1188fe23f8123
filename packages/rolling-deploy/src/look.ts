// Looking at one instance: what it shows, what its platform told of it meanwhile, and when to look again.
import type { Clock } from '@headgate/kit/clock';
import { DeployError } from './errors.js';
import { type Evidence, noted } from './evidence.js';
import { lifeOf, type Subject } from './life.js';
import type { Instance, Observation, Target, Watch } from './target.js';
import type { Verdict } from './verdict.js';

export interface Times {
  /** Between two health requests. */
  readonly healthIntervalMs: number;
  /** Until a started instance must be fit for traffic. */
  readonly healthDeadlineMs: number;
  /** How long a new instance must keep up in traffic before an old one goes. */
  readonly settleMs: number;
  /** How long requests in flight may take once an instance gets no new ones. */
  readonly drainDeadlineMs: number;
}

export interface WaitDeps {
  readonly target: Target;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly times: Times;
}

/** What the waits share: one ear for all of them, and what each instance had been through when it was found fit. */
export interface WaitTools extends WaitDeps {
  readonly watch: () => Watch;
  readonly fit: Map<string, Subject>;
}

export interface Looking {
  readonly instance: Instance;
  readonly evidence: Evidence;
  /** False when the platform told something before the look was due. */
  readonly isDue: boolean;
}

/** What was told before the look counts as well: a look comes too late for a death that was made good. */
export async function look(
  { instance, evidence, isDue }: Looking,
  { target, clock, watch }: WaitTools,
): Promise<Evidence> {
  const ear = watch();
  const seen = await target.observe(instance);
  const known = ear
    .told(instance)
    .reduce(noted, noted(evidence, { what: 'seen', at: clock.now(), seen, isDue }));
  const hasEnded = lifeOf(subjectOf(instance, null), known).crashes > 0;
  if (!hasEnded || known.words.size > 0) return known;
  // Once: some ends say by themselves that no other start would go better.
  const lines = await target.lastLines(instance).catch(() => []);
  return noted(known, { what: 'said', at: clock.now(), lines });
}

/** Until the next look is due, or the platform tells something. Answers whether it is due. */
export async function pause(ms: number, { clock, signal, watch }: WaitTools): Promise<boolean> {
  const early = new AbortController();
  const slept = clock.sleep(ms, AbortSignal.any([signal, early.signal])).then(() => true);
  const told = watch()
    .next(early.signal)
    .then(() => false);
  return Promise.race([slept, told]).finally(() => early.abort());
}

/** From now on only what happens after this look counts. */
export function subjectOf(instance: Instance, seen: Observation | null): Subject {
  const { name, restarts, startedAt } = instance;
  return { name, restarts: seen?.restarts ?? restarts, since: seen?.startedAt ?? startedAt };
}

/** @throws {DeployError} of a verdict that condemns */
export function passed(verdict: Verdict): boolean {
  if (verdict.kind === 'fail') throw new DeployError(verdict);
  return verdict.kind === 'pass';
}
