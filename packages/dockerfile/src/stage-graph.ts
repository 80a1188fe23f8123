// The stages of a Dockerfile as a graph: what each needs, and what a target leaves out. No daemon. Source: BuildKit, dockerfile2llb.
import { readBases } from './bases.js';
import { isCheckLike } from './check-like.js';
import type { StageDependency } from './dependencies.js';
import type { Dockerfile } from './dockerfile.js';
import { DockerfileError, shown } from './dockerfile-error.js';
import { readGlobalScope } from './global-scope.js';
import { nameWarnings } from './name-warnings.js';
import { type Platform, parsePlatform } from './platform.js';
import { readEdges } from './stage-edges.js';
import { shownName } from './stage-order.js';
import { readSteps, type Step } from './steps.js';
import { findTarget } from './target.js';
import { collectWarnings, type Warning } from './warnings.js';

export interface GraphOptions {
  /** A stage's name in any case; none: the last stage. */
  readonly target?: string;
  readonly buildArgs?: ReadonlyMap<string, string>;
  /** What is built for, `os/architecture/variant`; default: the build platform. */
  readonly platform?: string;
  /** Where the builder runs; default `linux/amd64`. */
  readonly buildPlatform?: string;
}

export interface GraphStage {
  readonly index: number;
  /** Lower case; null for an unnamed stage. */
  readonly name: string | null;
  /** The image or stage it starts from, variables expanded. */
  readonly base: string;
  /** Null where the target's platform counts. */
  readonly platform: string | null;
  /** 1-based line of its FROM. */
  readonly line: number;
  /** In the order of the file; triggers of its base come first. */
  readonly dependsOn: readonly StageDependency[];
  /** The target needs it. */
  readonly reachable: boolean;
  /** Named like a check: test, lint, verify … */
  readonly checkLike: boolean;
  readonly description: string;
  /** What BuildKit counts and names in its progress. */
  readonly steps: readonly Step[];
}

export interface StageGraph {
  /** As BuildKit shows it: the stage's name, or `stage-N` for an unnamed one. */
  readonly target: string;
  readonly targetIndex: number;
  readonly stages: readonly GraphStage[];
  /** External images of the file, each once, in its order. */
  readonly images: readonly string[];
  readonly warnings: readonly Warning[];
}

/**
 * ONBUILD triggers of a stage are followed where the target needs the stage built on it, as BuildKit does.
 * @throws {DockerfileError} never anything else
 */
export function stageGraph(dockerfile: Dockerfile, options: GraphOptions = {}): StageGraph {
  const { stages } = dockerfile;
  const warnings = collectWarnings(dockerfile.directives.check, dockerfile.warnings);
  const buildArgs = options.buildArgs ?? new Map<string, string>();
  const { target, build } = readPlatforms(options);
  const targetIndex = findTarget(stages, options.target ?? '');
  const stage = options.target || (stages.at(-1)?.name ?? '');
  const scope = readGlobalScope(dockerfile, { buildArgs, target, build, stage });
  const bases = readBases(dockerfile, { scope, target, warnings });
  const { dependsOn, reached, triggers } = readEdges(stages, { bases, target: targetIndex, warnings });
  nameWarnings(dockerfile, { buildArgs, warnings });
  const steps = readSteps({ dockerfile, bases, triggers, scope, buildArgs, warnings });
  return {
    target: shownName({ name: stages[targetIndex]?.name ?? null, index: targetIndex }),
    targetIndex,
    stages: stages.map(({ index, name, line, description }) => ({
      index,
      name,
      base: bases[index]?.reference ?? '',
      platform: bases[index]?.platform ?? null,
      line,
      dependsOn: dependsOn[index] ?? [],
      reachable: reached.has(index),
      checkLike: isCheckLike(name),
      description,
      steps: steps[index] ?? [],
    })),
    images: [...new Set(dependsOn.flat().flatMap(({ image }) => image ?? []))],
    warnings: warnings.list(),
  };
}

function readPlatforms(options: GraphOptions): { readonly target: Platform; readonly build: Platform } {
  const usual: Platform = { os: 'linux', architecture: 'amd64', variant: '' };
  const read = (text: string | undefined, own: Platform): Platform => {
    const platform = text === undefined || text === '' ? own : parsePlatform(text, own);
    if (platform !== null) return platform;
    throw new DockerfileError({
      code: 'argument-invalid',
      line: null,
      message: `A platform is OS/ARCHITECTURE; found ${shown(text ?? '')}.`,
      hint: 'Write for example linux/amd64 or linux/arm64.',
    });
  };
  const build = read(options.buildPlatform, usual);
  return { build, target: read(options.platform, build) };
}
