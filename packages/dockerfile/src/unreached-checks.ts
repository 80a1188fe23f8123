// Checks that would pass because they never run.
import type { GraphStage, StageGraph } from './stage-graph.js';

/**
 * Stages named like a check that the target does not need and that no listed stage needs.
 * @param listed stages that are built besides the target, or are known to be left out; names that are none are passed over
 */
export function unreachedChecks({ stages }: StageGraph, listed: readonly string[]): readonly GraphStage[] {
  const names = new Set(listed.map((name) => name.toLowerCase()));
  const built = new Set(
    stages.flatMap(({ name, index }) => (name !== null && names.has(name) ? [index] : [])),
  );
  for (const index of built)
    for (const { stage } of stages[index]?.dependsOn ?? []) if (stage !== null) built.add(stage);
  return stages.filter(({ index, checkLike, reachable }) => checkLike && !reachable && !built.has(index));
}
