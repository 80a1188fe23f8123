// The first step of a stage that the cache did not have, and why, as far as a recording can tell.
import { cacheImports } from './cache-cost.js';
import { isHit } from './cache-hit.js';
import type { TimedStep } from './timeline.js';
import type { VertexName } from './vertex-name.js';

/**
 * `earlier-step`: a step it is made from missed; `not-imported`: no step was cached at all, so there was no cache;
 * `argument`: its inputs were all there, so a build argument, an environment value or the instruction itself changed.
 */
export type MissCause = 'source' | 'argument' | 'base' | 'earlier-step' | 'not-imported';

export interface FirstMiss {
  readonly instruction: string;
  readonly digest: string;
  readonly cause: MissCause;
  /** For `earlier-step` and `base` what missed before it; for `not-imported` the cache that could not be read. */
  readonly because: string | null;
}

export interface NamedStep {
  readonly step: TimedStep;
  readonly name: VertexName;
}

/** What of the whole build decides on a cause. */
export interface MissFacts {
  readonly byDigest: ReadonlyMap<string, NamedStep>;
  readonly nothingCached: boolean;
  readonly failedImport: string | null;
}

export function missFacts(steps: readonly NamedStep[]): MissFacts {
  const imports = cacheImports(steps.map(({ step }) => step));
  return {
    byDigest: new Map(steps.map((one) => [one.step.digest, one])),
    // Images apart: they are there without any cache of builds.
    nothingCached: !steps.some(({ step, name }) => step.cached && name.kind !== null && name.kind !== 'FROM'),
    failedImport: imports.find(({ error }) => error !== null)?.from ?? null,
  };
}

/** Null when every counted step of the stage that ran was cached. */
export function findFirstMiss(stage: readonly NamedStep[], facts: MissFacts): FirstMiss | null {
  const missed = stage
    .filter(({ step, name }) => name.kind !== null && step.runs.length > 0 && !isHit(step, name))
    .sort((left, right) => (left.name.position ?? 0) - (right.name.position ?? 0))[0];
  if (missed === undefined) return null;
  const { instruction } = missed.name;
  return { instruction, digest: missed.step.digest, ...causeOf(missed, facts) };
}

function causeOf({ step, name }: NamedStep, facts: MissFacts): Pick<FirstMiss, 'cause' | 'because'> {
  if (name.kind === 'FROM') return { cause: 'base', because: null };
  for (const digest of step.inputs) {
    const input = facts.byDigest.get(digest);
    if (input === undefined || input.name.kind === null || isHit(input.step, input.name)) continue;
    if (input.name.kind === 'FROM') return { cause: 'base', because: input.name.instruction };
    return { cause: 'earlier-step', because: label(input.name) };
  }
  if (facts.nothingCached) return { cause: 'not-imported', because: facts.failedImport };
  return { cause: name.kind === 'COPY' || name.kind === 'ADD' ? 'source' : 'argument', because: null };
}

function label({ stage, instruction }: VertexName): string {
  return stage === null ? instruction : `${stage}: ${instruction}`;
}
