// The runs that a step is about: those that began in it, and earlier ones that went on or ran again.
import type { DeliveryRecord } from '@headgate/kit/record';
import type { RaisedEvent, RunState } from '../model.js';
import { deliveredRecord } from './delivered.js';
import type { Step } from './story-schema.js';
import type { StoryWorld } from './world.js';

export interface StepRuns {
  readonly runs: readonly RunState[];
  readonly continued: readonly RunState[];
  /** The record that the step's delivery left, if one did. */
  readonly record: DeliveryRecord | null;
}

interface Before {
  readonly attempt: number;
  readonly open: boolean;
}

/** Remembers what there is before a step acts; what is returned tells what came of it, so far. */
export function watchRuns(step: Step, world: Pick<StoryWorld, 'engine' | 'artifacts'>): () => StepRuns {
  const { engine } = world;
  const before = new Map<number, Before>(
    engine.runs().map(({ id, attempt, status }) => [id, { attempt, open: status !== 'completed' }]),
  );
  const raisedBefore = engine.raised.length;
  return () => {
    const runs = engine.runs().filter(({ id }) => !before.has(id));
    const continued = engine.runs().filter((run) => goesOn(run, before.get(run.id), step));
    const own = firstRuns(engine.raised.slice(raisedBefore), runs);
    return { runs, continued, record: deliveredRecord(world, [...own, ...continued, ...runs]) };
  };
}

/** Of an earlier run: that it was waited for, or ran again. */
function goesOn(run: RunState, was: Before | undefined, step: Step): boolean {
  if (was === undefined) return false;
  return run.attempt > was.attempt || (was.open && step['while-running'] !== true);
}

/** Runs of the first event that started any: what came of them in turn is not the step's delivery. */
function firstRuns(raised: readonly RaisedEvent[], runs: readonly RunState[]): readonly RunState[] {
  const started = raised.map(({ name, sha }) =>
    runs.filter(({ event }) => event.name === name && event.sha === sha),
  );
  return started.find((found) => found.length > 0) ?? [];
}
