// ONBUILD: instructions that run in the stage built on the one that has them. Source: BuildKit, dockerfile2llb/convert.go.
import { dependenciesOf, type StageDependency, type StageNames } from './dependencies.js';
import type { Stage } from './dockerfile.js';
import { DockerfileError } from './dockerfile-error.js';
import type { Instruction } from './instruction.js';
import { checkInstruction } from './instruction-rules.js';
import type { WarningSink } from './warnings.js';

export interface Trigger {
  readonly instruction: Instruction;
  readonly dependsOn: readonly StageDependency[];
}

interface TriggerFacts {
  readonly names: StageNames;
  readonly warnings: WarningSink;
  /** Triggers found so far, by stage. */
  readonly used: ReadonlyMap<number, readonly Trigger[]>;
}

/** Triggers times stages built on them would otherwise grow with the square of the file. */
const mostTriggered = 1000;

/** @throws {DockerfileError} what the trigger's own instruction throws; `too-large` */
export function triggersFor(
  base: Stage | undefined,
  { names, warnings, used }: TriggerFacts,
): readonly Trigger[] {
  const held = (base?.instructions ?? []).flatMap(({ trigger }) => trigger ?? []);
  if (held.length > 0 && used.size * held.length > mostTriggered * 100) {
    throw new DockerfileError({
      code: 'too-large',
      line: base?.line ?? null,
      message: `ONBUILD runs at most ${mostTriggered * 100} instructions in all; this file has more.`,
      hint: 'Write the instructions into the stages themselves.',
    });
  }
  return held.map((instruction) => readTrigger(instruction, names, warnings));
}

/** Edges of one trigger, at the line of its ONBUILD. */
export function readTrigger(instruction: Instruction, names: StageNames, warnings: WarningSink): Trigger {
  checkInstruction(instruction, warnings);
  const dependsOn = dependenciesOf(instruction, names, warnings).map((edge) => ({
    ...edge,
    via: 'onbuild' as const,
  }));
  return { instruction, dependsOn };
}
