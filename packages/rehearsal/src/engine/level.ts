// One level of a run: the jobs of one workflow file, called or not, in the order of their needs.
import type { GitHubHost, RunState } from '../model.js';
import type { RunJob } from '../runner/job-plan.js';
import type { LoadedWorkflow } from './call-tree.js';
import type { Cancellation } from './cancellation.js';
import type { ConcurrencyGroups } from './concurrency.js';
import { toText } from './data.js';
import type { Scope } from './expression.js';
import type { Gates } from './gates.js';
import { runJobDefinition } from './job.js';
import { ancestorsOf, combined, type JobOutcome, jobStatus } from './job-status.js';
import type { Runners } from './runners.js';
import type { SecretScope } from './secrets.js';
import type { Slots } from './slots.js';
import { evaluateTemplate } from './template.js';
import type { JobDefinition } from './workflow-model.js';

/** What all levels of one attempt share. */
export interface Attempt {
  readonly run: RunState;
  readonly host: GitHubHost;
  readonly github: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, string>>;
  readonly slots: Slots;
  readonly runners: Runners;
  readonly groups: ConcurrencyGroups;
  readonly gates: Gates;
  readonly runJob: RunJob;
  /** Results by leg path; filled as legs end, read by the next attempt. */
  readonly memory: Map<string, JobOutcome>;
  /** Called for a leg that is kept: one of a former rehearsal is shown as done. */
  readonly takeOver: (path: string) => void;
  readonly onChange: RunnerChange;
  readonly now: () => number;
}

export type RunnerChange = (run: RunState, job?: RunState['jobs'][number]) => void;

export interface Level {
  readonly attempt: Attempt;
  readonly workflow: LoadedWorkflow;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly secrets: SecretScope;
  /** Unique prefix of the legs' paths, '' at the top. */
  readonly path: string;
  /** `caller / ` as GitHub shows it, '' at the top. */
  readonly title: string;
  /** Concurrency groups held above. */
  readonly held: readonly string[];
  readonly cancellation: Cancellation;
  /** Keep what succeeded in the former attempt. */
  readonly reuse: boolean;
}

export interface LevelEnd {
  readonly outcome: JobOutcome;
  readonly jobs: ReadonlyMap<string, JobOutcome>;
}

/** Contexts that every job of a level has. */
export function levelContexts(level: Level): Record<string, unknown> {
  return { github: level.attempt.github, inputs: level.inputs, vars: level.attempt.variables };
}

function needsContext(
  job: JobDefinition,
  outcomes: ReadonlyMap<string, JobOutcome>,
): Record<string, unknown> {
  return Object.fromEntries(
    job.needs.map((id) => {
      const outcome = outcomes.get(id);
      return [id, { result: outcome?.result ?? 'skipped', outputs: outcome?.outputs ?? {} }];
    }),
  );
}

/** Runs all jobs of a level; never rejects for a job's own failure. */
export async function runLevel(level: Level): Promise<LevelEnd> {
  const { jobs } = level.workflow.file;
  const ended = new Map<string, JobOutcome>();
  const started = new Map<string, Promise<void>>();
  const start = (job: JobDefinition): Promise<void> => {
    const known = started.get(job.id);
    if (known !== undefined) return known;
    const running = (async () => {
      await Promise.all(jobs.filter((other) => job.needs.includes(other.id)).map(start));
      const reuse = level.reuse && job.needs.every((id) => ended.get(id)?.ran !== true);
      const scope = (isCancelled: () => boolean): Scope => ({
        contexts: { ...levelContexts(level), needs: needsContext(job, ended) },
        status: jobStatus(ancestorsOf(job.id, jobs), ended, isCancelled),
      });
      ended.set(job.id, await runJobDefinition({ level: { ...level, reuse }, job, scope }));
    })();
    started.set(job.id, running);
    return running;
  };
  await Promise.all(jobs.map(start));
  const outcomes = [...ended.values()];
  const outcome: JobOutcome = {
    result: combined(outcomes.map(({ result }) => result)),
    outputs: callOutputs(level, ended),
    ran: outcomes.some(({ ran }) => ran),
  };
  return { outcome, jobs: ended };
}

function callOutputs(level: Level, ended: ReadonlyMap<string, JobOutcome>): Record<string, string> {
  const jobs = Object.fromEntries([...ended].map(([id, { result, outputs }]) => [id, { result, outputs }]));
  const scope: Scope = { contexts: { ...levelContexts(level), jobs } };
  const declared = level.workflow.file.call?.outputs ?? [];
  return Object.fromEntries(declared.map(([name, value]) => [name, toText(evaluateTemplate(value, scope))]));
}
