// Edges of all stages, and which stages a target needs.
import type { Base } from './bases.js';
import { dependenciesOf, type StageDependency, type StageNames } from './dependencies.js';
import type { Stage } from './dockerfile.js';
import { DockerfileError, shown } from './dockerfile-error.js';
import { isReference } from './image-reference.js';
import { checkCircles, reachableFrom, shownName } from './stage-order.js';
import { type Trigger, triggersFor } from './triggers.js';
import type { WarningSink } from './warnings.js';

export interface StageEdges {
  /** Of each stage. */
  readonly dependsOn: readonly (readonly StageDependency[])[];
  readonly reached: ReadonlySet<number>;
  /** ONBUILD instructions that run in a stage. */
  readonly triggers: ReadonlyMap<number, readonly Trigger[]>;
}

interface EdgeOptions {
  readonly bases: readonly Base[];
  readonly target: number;
  readonly warnings: WarningSink;
}

/** @throws {DockerfileError} `from-variable`, `stage-cycle`, `stage-index`, `stage-later`, `onbuild-invalid`, `too-large` */
export function readEdges(stages: readonly Stage[], { bases, target, warnings }: EdgeOptions): StageEdges {
  const names = stageNames(stages);
  const own = stages.map(({ instructions }) =>
    instructions.flatMap((each) => dependenciesOf(each, names, warnings)),
  );
  checkCircles(stages, own);
  const triggers = new Map<number, readonly Trigger[]>();
  const facts = { stages, bases, own, triggers };
  const reached = reachableFrom(target, (index) => {
    const base = bases[index]?.stage ?? null;
    if (base !== null) triggers.set(index, triggersFor(stages[base], { names, warnings, used: triggers }));
    return edges(index, facts);
  });
  const dependsOn = stages.map(({ index }) => edges(index, facts));
  checkOrder(stages, { dependsOn, reached, warnings });
  for (const { image, line } of dependsOn.flat())
    if (image !== null && !isReference(image))
      warnings.add('image-invalid', line, `${shown(image)} is no stage, and no name that an image can have`);
  return { dependsOn, reached, triggers };
}

export function stageNames(stages: readonly Stage[]): StageNames {
  const lastOf = new Map(
    stages.flatMap(({ name, index }) => (name === null ? [] : [[name, index] as const])),
  );
  return { lastOf, count: stages.length };
}

interface EdgeFacts {
  readonly stages: readonly Stage[];
  readonly bases: readonly Base[];
  readonly own: readonly (readonly StageDependency[])[];
  readonly triggers: ReadonlyMap<number, readonly Trigger[]>;
}

function edges(index: number, { stages, bases, own, triggers }: EdgeFacts): readonly StageDependency[] {
  const base = bases[index];
  const from: StageDependency[] = [];
  if (base !== undefined && (base.stage !== null || base.reference !== 'scratch')) {
    const image = base.stage === null ? base.reference : null;
    from.push({ stage: base.stage, image, via: 'from', line: stages[index]?.line ?? 1 });
  }
  const held = (triggers.get(index) ?? []).flatMap((trigger) => trigger.dependsOn);
  return [...from, ...held, ...(own[index] ?? [])];
}

interface OrderFacts {
  readonly dependsOn: readonly (readonly StageDependency[])[];
  readonly reached: ReadonlySet<number>;
  readonly warnings: WarningSink;
}

/** BuildKit builds stages in the order of the file, so one may not take from a later one. */
function checkOrder(stages: readonly Stage[], { dependsOn, reached, warnings }: OrderFacts): void {
  for (const stage of stages) {
    for (const { stage: needed, line } of dependsOn[stage.index] ?? []) {
      if (needed === null || needed <= stage.index) continue;
      const later = shownName({ name: stages[needed]?.name ?? null, index: needed });
      const found = `${shownName(stage)} takes from ${later}, which stands after it in line ${stages[needed]?.line ?? 0}`;
      if (reached.has(stage.index))
        throw new DockerfileError({
          code: 'stage-later',
          line,
          message: `A stage takes from stages before it only; ${found}.`,
          hint: `Move ${later} before ${shownName(stage)}.`,
        });
      warnings.add('stage-later', line, `${found}: it cannot be built`);
    }
  }
}
