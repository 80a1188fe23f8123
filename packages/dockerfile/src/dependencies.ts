// What an instruction takes from other stages and images. Source: BuildKit, dockerfile2llb/convert.go.
import { DockerfileError, shown } from './dockerfile-error.js';
import { expand } from './expansion.js';
import { flagValues, type Instruction } from './instruction.js';
import { mountSources, variableInFrom } from './mounts.js';
import type { WarningSink } from './warnings.js';

export type DependencyVia = 'from' | 'copy' | 'mount' | 'onbuild';

export interface StageDependency {
  /** Index of another stage of the file; null for an image. */
  readonly stage: number | null;
  /** Reference of an external image, variables expanded; null for a stage. */
  readonly image: string | null;
  readonly via: DependencyVia;
  /** 1-based line of the instruction. */
  readonly line: number;
}

export interface StageNames {
  /** The last stage of each name. */
  readonly lastOf: ReadonlyMap<string, number>;
  readonly count: number;
}

/**
 * Edges of COPY and RUN.
 * @throws {DockerfileError} `from-variable`, `stage-index`
 */
export function dependenciesOf(
  instruction: Instruction,
  names: StageNames,
  warnings: WarningSink,
): readonly StageDependency[] {
  const { keyword, line } = instruction;
  if (keyword === 'COPY') {
    const from = flagValues(instruction, 'from')[0] ?? '';
    return from === '' ? [] : [copySource(from, instruction, names)].filter(isNeeded);
  }
  if (keyword !== 'RUN') return [];
  return mountSources(instruction)
    .map((from) => {
      if (/^\d+$/.test(from) && !names.lastOf.has(from))
        warnings.add(
          'mount-index',
          line,
          `--mount=from=${from.slice(0, 20)} is an image of that name: only COPY --from takes a stage's number`,
        );
      // Without `from` the source is what is called scratch, which may be a stage.
      return named(from === '' ? 'scratch' : from, { via: 'mount', line }, names);
    })
    .filter(isNeeded);
}

/** True when BuildKit reads the instruction's sources as states of their own, which gives the stage a name in its output. */
export function hasSources(instruction: Instruction): boolean {
  if (instruction.keyword === 'COPY') return (flagValues(instruction, 'from')[0] ?? '') !== '';
  return instruction.keyword === 'RUN' && flagValues(instruction, 'mount').length > 0;
}

const isNeeded = ({ image }: StageDependency): boolean => image !== 'scratch';

type Edge = Pick<StageDependency, 'via' | 'line'>;

function named(name: string, edge: Edge, { lastOf }: StageNames): StageDependency {
  const stage = lastOf.get(name.toLowerCase()) ?? null;
  return { stage, image: stage === null ? name : null, ...edge };
}

function copySource(from: string, { line, escapeToken }: Instruction, names: StageNames): StageDependency {
  const expansion = expand(from, { escapeToken, lookUp: () => undefined });
  if (!expansion.ok || expansion.text !== from) throw variableInFrom('COPY --from', from, line);
  if (!/^[+-]?\d+$/.test(from)) return named(from, { via: 'copy', line }, names);
  const index = Number(from);
  if (index >= 0 && index < names.count) return { stage: index, image: null, via: 'copy', line };
  throw new DockerfileError({
    code: 'stage-index',
    line,
    message: `COPY --from takes a stage's number from 0 to ${names.count - 1}; found ${shown(from)}.`,
    hint: 'Name the stage with AS and use its name.',
  });
}
