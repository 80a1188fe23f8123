// What a graph says, in one line a stage, so that tables can say what it must be.
import { parseDockerfile } from '../src/dockerfile.js';
import { DockerfileError } from '../src/dockerfile-error.js';
import { type GraphOptions, type StageGraph, stageGraph } from '../src/stage-graph.js';

export interface GraphCase {
  readonly what: string;
  readonly text: readonly string[];
  readonly options?: GraphOptions;
  /** `name base: via source@line …`; `~` in front of a stage that the target does not need. */
  readonly stages: readonly string[];
  /** `code@line`. */
  readonly warnings?: readonly string[];
}

export interface ErrorCase {
  readonly what: string;
  readonly text: readonly string[];
  readonly options?: GraphOptions;
  readonly code: string;
  readonly line: number | null;
  /** Part of message or hint. */
  readonly says?: string;
}

export const graphOf = (text: string, options: GraphOptions = {}): StageGraph =>
  stageGraph(parseDockerfile(text), options);

export function stageLines({ stages }: StageGraph): readonly string[] {
  return stages.map(({ index, name, base, dependsOn, reachable }) => {
    const edges = dependsOn.map(({ via, stage, image, line }) => ` ${via} ${stage ?? image ?? '?'}@${line}`);
    return `${reachable ? '' : '~'}${name ?? `#${index}`} ${base}:${edges.join('')}`;
  });
}

export const warningPlaces = ({ warnings }: StageGraph): readonly string[] =>
  warnings.map(({ code, line }) => `${code}@${line ?? '-'}`);

/** What goes wrong, or a failure of the test when it is anything but the package's own error. */
export function errorOf(work: () => unknown): DockerfileError {
  try {
    work();
  } catch (error) {
    if (error instanceof DockerfileError) return error;
    throw error;
  }
  throw new Error('an error was expected');
}
