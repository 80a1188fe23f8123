// What gates and image have in common: the same sources, the same time stamps, one deadline.
import type { Deps } from '@headgate/kit/deps';
import type { Redactor } from '@headgate/kit/secrets';
import { withBuilderId } from './attestations.js';
import type { BuildSource, SecretFile } from './build-command.js';
import { resolveEpoch } from './epoch.js';
import type { Inputs } from './inputs.js';
import { type BuildPaths, resolveContexts } from './workspace.js';

export interface BuildPlan {
  readonly source: BuildSource;
  /** Seconds since the epoch for every file in the image; null where no commit says it. */
  readonly commitTime: number | null;
  /** Milliseconds since the epoch at which gates and build must be done. */
  readonly endMs: number;
  /** Knows every secret that the builds may print. */
  readonly redactor: Redactor;
}

/** Milliseconds left, at least one so that the process layer itself ends it. */
export function remaining(plan: BuildPlan, deps: Pick<Deps, 'clock'>): number {
  return Math.max(1, plan.endMs - deps.clock.now());
}

export interface BuildMaterial {
  readonly paths: BuildPaths;
  /** What the builds may mount. */
  readonly secretFiles: readonly SecretFile[];
  readonly redactor: Redactor;
}

/**
 * @throws ActionError `context-missing` for an additional context that is no folder
 */
export async function planBuild(
  inputs: Inputs,
  { paths, secretFiles, redactor }: BuildMaterial,
  deps: Deps,
): Promise<BuildPlan> {
  const { buildArgs, network, platforms, labels } = inputs;
  const buildContexts = await resolveContexts(inputs.buildContexts, deps.context.workspace);
  const { context, file } = paths;
  const attestations = withBuilderId(inputs.options.attestations, attemptUrl(deps.context));
  const options = { ...inputs.options, attestations };
  const source = {
    context,
    file,
    buildArgs,
    buildContexts,
    network,
    platforms,
    labels,
    secretFiles,
    options,
  };
  return {
    source,
    commitTime: await resolveEpoch(inputs.epoch, context, deps),
    endMs: deps.clock.now() + inputs.deadlineMs,
    redactor,
  };
}

/** The run as provenance names its builder. */
function attemptUrl({ runUrl, runAttempt }: Deps['context']): string {
  return runUrl === '' ? '' : `${runUrl}/attempts/${runAttempt}`;
}
