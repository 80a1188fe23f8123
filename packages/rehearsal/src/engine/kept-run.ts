// What a former rehearsal left of a run: the legs that succeeded, their outputs and artifacts.
import type { GitHubHost, RunState } from '../model.js';
import { addJob, endJob } from './job-state.js';
import type { JobOutcome } from './job-status.js';
import type { Attempt } from './level.js';

export interface KeptArtifact {
  readonly id: number;
  readonly name: string;
  readonly zip: Uint8Array;
}

export interface KeptLeg {
  /** Unique in its run: `flow/images/image[0]`. */
  readonly path: string;
  /** As GitHub shows it; null for a job that calls a workflow. */
  readonly name: string | null;
  readonly result: 'success' | 'skipped';
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly artifacts: readonly KeptArtifact[];
}

export interface KeptRun {
  readonly id: number;
  readonly repository: string;
  readonly workflowPath: string;
  readonly event: string;
  readonly ref: string;
  readonly sha: string;
  /** Names of all its jobs, however they ended. */
  readonly names: readonly string[];
  readonly legs: readonly KeptLeg[];
}

/** What the run's memory holds, and the host of it. */
export function keptRun(run: RunState, memory: ReadonlyMap<string, JobOutcome>, host: GitHubHost): KeptRun {
  const { id, repository, workflowPath, event, jobs } = run;
  const artifacts = host.artifacts({ repository, runId: id });
  // What was done to an environment ended with the rehearsal, so its jobs have to be done again.
  const lost = [...memory].filter(([, { jobId }]) =>
    jobs.some((job) => job.id === jobId && job.environment !== null),
  );
  const isLost = (path: string): boolean =>
    lost.some(([other]) => other === path || other.startsWith(`${path}/`));
  const legs = [...memory].flatMap(([path, { result, outputs, jobId, ran }]) => {
    // What a former rehearsal left and nobody took up again was not part of this one.
    if ((result !== 'success' && result !== 'skipped') || isLost(path) || (!ran && jobId === undefined))
      return [];
    const job = jobs.find((each) => each.id === jobId);
    const own = artifacts.filter((artifact) => jobId !== undefined && artifact.jobId === jobId);
    const kept = own.map((artifact) => ({ id: artifact.id, name: artifact.name, zip: artifact.zip }));
    return [{ path, name: job?.name ?? null, result, outputs, summary: job?.summary ?? '', artifacts: kept }];
  });
  const names = [...new Set(jobs.map(({ name }) => name))];
  return { id, repository, workflowPath, event: event.name, ref: event.ref, sha: event.sha, names, legs };
}

/** Without the legs of some jobs, and without the calls around them. */
export function withoutLegs(run: KeptRun, gone: (leg: KeptLeg) => boolean): KeptRun {
  const paths = run.legs.filter(gone).map(({ path }) => path);
  const stays = ({ path }: KeptLeg): boolean =>
    !paths.some((other) => other === path || other.startsWith(`${path}/`));
  return { ...run, legs: run.legs.filter(stays) };
}

/** The run's memory as its former attempt left it. */
export function memoryOf(kept: KeptRun | null): Map<string, JobOutcome> {
  const legs = kept?.legs ?? [];
  return new Map(legs.map(({ path, result, outputs }) => [path, { result, outputs, ran: false }]));
}

/** Shows a leg, or all legs below a call, as done, and puts their artifacts back under their own ids. */
export function takeOver(attempt: Attempt, kept: KeptRun, path: string): void {
  const { run, host, memory } = attempt;
  for (const leg of kept.legs) {
    if (leg.path !== path && !leg.path.startsWith(`${path}/`)) continue;
    if (leg.name === null) {
      memory.set(leg.path, { result: leg.result, outputs: leg.outputs, ran: true });
      continue;
    }
    const state = addJob(attempt, { name: leg.name, environment: null });
    if (leg.result === 'success') Object.assign(state, { reused: true, startedAt: attempt.now() });
    state.summary = leg.summary;
    for (const { id, name, zip } of leg.artifacts) {
      const { repository, id: runId } = run;
      host.addArtifact({ id, repository, runId, attempt: run.attempt, jobId: state.id, name, zip }, false);
    }
    memory.set(leg.path, { result: leg.result, outputs: leg.outputs, ran: false, jobId: state.id });
    endJob(attempt, state, { conclusion: leg.result, outputs: leg.outputs });
  }
}
