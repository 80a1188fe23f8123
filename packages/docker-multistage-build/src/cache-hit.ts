// Whether the cache had a step.
import type { TimedStep } from './timeline.js';
import type { VertexName } from './vertex-name.js';

/** An image that was only looked up had its layers here, although BuildKit does not call it cached. */
export function isHit(step: TimedStep, { kind }: Pick<VertexName, 'kind'>): boolean {
  if (step.error !== null) return false;
  return step.cached || (kind === 'FROM' && step.runs.length > 0 && !step.moved);
}
