// Circles among stages, and what a target needs. No recursion: a file may have very many stages.

import type { StageDependency } from './dependencies.js';
import type { Stage } from './dockerfile.js';
import { DockerfileError } from './dockerfile-error.js';

type Edges = readonly (readonly StageDependency[])[];

export const shownName = ({ name, index }: Pick<Stage, 'name' | 'index'>): string => name ?? `stage-${index}`;

/**
 * Looks for stages that need each other by COPY and mounts.
 * @param edges of each stage, without what FROM names: that is always an earlier stage
 * @throws {DockerfileError} `stage-cycle`, at the line that closes the circle
 */
export function checkCircles(stages: readonly Stage[], edges: Edges): void {
  const state = new Uint8Array(stages.length);
  const open = 1;
  const closed = 2;
  for (const { index: start } of stages) {
    if (state[start] !== 0) continue;
    const path: { readonly stage: number; next: number }[] = [{ stage: start, next: 0 }];
    state[start] = open;
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const edge = edges[top.stage]?.[top.next];
      top.next += 1;
      if (edge === undefined) {
        state[top.stage] = closed;
        path.pop();
        continue;
      }
      if (edge.stage === null || state[edge.stage] === closed) continue;
      if (state[edge.stage] === open) {
        const circle = path.map(({ stage }) => stage);
        throw circleError(stages, [...circle.slice(circle.indexOf(edge.stage)), edge.stage], edge.line);
      }
      state[edge.stage] = open;
      path.push({ stage: edge.stage, next: 0 });
    }
  }
}

function circleError(stages: readonly Stage[], circle: readonly number[], line: number): DockerfileError {
  const names = circle.slice(0, 10).map((index) => shownName({ name: stages[index]?.name ?? null, index }));
  return new DockerfileError({
    code: 'stage-cycle',
    line,
    message: `Stages may not need each other in a circle; found ${names.join(' → ')}${circle.length > 10 ? ' → …' : ''}.`,
    hint: 'Take what both need into a stage of its own.',
  });
}

/**
 * Stages that a target needs, itself included.
 * @param edgesOf edges of one stage, asked for once and only when the stage is needed
 */
export function reachableFrom(
  target: number,
  edgesOf: (stage: number) => readonly StageDependency[],
): ReadonlySet<number> {
  const reached = new Set([target]);
  for (const stage of reached)
    for (const edge of edgesOf(stage)) if (edge.stage !== null) reached.add(edge.stage);
  return reached;
}
