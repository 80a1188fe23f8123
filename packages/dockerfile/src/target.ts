// The stage that is built: by name, else the last one.
import { nearestName } from '@headgate/kit/nearest-name';
import type { Stage } from './dockerfile.js';
import { DockerfileError, shown } from './dockerfile-error.js';

/** The stage that `--target` means: by name in any case, never by number; the last one of a name. */
export function findStage(stages: readonly Stage[], name: string): Stage | null {
  return stages.findLast((stage) => stage.name === name.toLowerCase()) ?? null;
}

/**
 * Index of the target, the last stage when none is asked for.
 * @throws {DockerfileError} `target-missing`
 */
export function findTarget(stages: readonly Stage[], target: string): number {
  if (target === '') return stages.length - 1;
  const found = findStage(stages, target);
  if (found !== null) return found.index;
  const names = [...new Set(stages.flatMap(({ name }) => name ?? []))];
  const near = nearestName(target.slice(0, 100), names);
  const listed = names.slice(0, 20).join(', ') + (names.length > 20 ? ', …' : '');
  throw new DockerfileError({
    code: 'target-missing',
    line: null,
    message: `There is no stage ${shown(target)}; ${names.length === 0 ? 'no stage has a name' : `the stages are ${listed}`}.`,
    hint: near === null ? 'Name a stage with AS; numbers and stage-N are no names.' : `Write ${near}.`,
  });
}
