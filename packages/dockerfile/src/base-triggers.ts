// ONBUILD triggers of an image: they stand in no Dockerfile, yet run in the stage built on it.
import type { StageDependency } from './dependencies.js';
import type { Dockerfile } from './dockerfile.js';
import { DockerfileError, shown } from './dockerfile-error.js';
import type { Instruction } from './instruction.js';
import { readInstructions } from './instructions.js';
import { splitLines } from './source-lines.js';
import { stageNames } from './stage-edges.js';
import type { StageGraph } from './stage-graph.js';
import { readTrigger } from './triggers.js';
import { collectWarnings, type Warning } from './warnings.js';

export interface BaseTriggers {
  /** What the triggers add to the stages built on the image, at the line of each stage's FROM. */
  readonly dependsOn: readonly (StageDependency & { readonly of: number })[];
  /** One `onbuild-base` for each trigger and stage. */
  readonly warnings: readonly Warning[];
}

/**
 * Tells what the triggers of a base image do to the stages of a file.
 * @param image as the graph names it
 * @param triggers `OnBuild` of the image's configuration
 * @throws {DockerfileError} `onbuild-invalid` for a trigger that is no instruction, and what its instruction throws
 */
export function baseTriggers(
  { dockerfile, graph }: { readonly dockerfile: Dockerfile; readonly graph: StageGraph },
  image: string,
  triggers: readonly string[],
): BaseTriggers {
  const warnings = collectWarnings(dockerfile.directives.check);
  const names = stageNames(dockerfile.stages);
  const instructions = triggers.map((text) => readOne(text, image));
  const dependsOn: (StageDependency & { readonly of: number })[] = [];
  for (const { index, line, dependsOn: own } of graph.stages) {
    if (!own.some((edge) => edge.via === 'from' && edge.image === image)) continue;
    for (const instruction of instructions) {
      warnings.add('onbuild-base', line, `${shown(image)} runs ${shown(instruction.text)} here, by ONBUILD`);
      const { dependsOn: added } = readTrigger({ ...instruction, line }, names, warnings);
      dependsOn.push(...added.map((edge) => ({ ...edge, of: index })));
    }
  }
  return { dependsOn, warnings: warnings.list() };
}

function readOne(text: string, image: string): Instruction {
  const { instructions } = readInstructions(splitLines(text), { escapeToken: '\\', skip: 0 });
  const [instruction] = instructions;
  if (instruction !== undefined && instructions.length === 1) {
    if (!['ONBUILD', 'FROM', 'MAINTAINER'].includes(instruction.keyword)) return instruction;
  }
  throw new DockerfileError({
    code: 'onbuild-invalid',
    line: null,
    message: `A trigger of ${shown(image)} is one instruction; found ${shown(text)}.`,
    hint: 'Use another base image.',
  });
}
