// GitHub's side of workflows on one machine: events become runs, runs become jobs.
import type { Clock } from '@headgate/kit/clock';
import type { GitHubHost, JobState, RaisedEvent, RunState } from '../model.js';
import type { EditedFolders } from '../runner/edits.js';
import type { Pausing } from '../runner/pauses.js';
import { createRunner } from '../runner/runner.js';
import { beginAttempt } from './attempt.js';
import { createCallTrees } from './call-tree.js';
import { type Cancellation, createCancellation, rehearsalEnds } from './cancellation.js';
import { createConcurrencyGroups } from './concurrency.js';
import { createGates, type Review } from './gates.js';
import { type KeptRun, keptRun } from './kept-run.js';
import { problem } from './problem.js';
import { executeRun, type RunServices } from './run.js';
import { createRun, type RunRecord } from './run-record.js';
import { createRunners } from './runners.js';
import { createSlots } from './slots.js';
import { triggeredWorkflows } from './triggered.js';

export interface EngineOptions {
  readonly host: GitHubHost;
  readonly workDirectory: string;
  /** The Node 24 binary. */
  readonly node: string;
  /** Allow-listed environment of the machine (PATH, HOME, DOCKER_HOST …), given to every job. */
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Jobs at once; 8 unless said. */
  readonly maximumJobs?: number;
  /** Folders `owner/repo[@ref]` of third-party actions. */
  readonly actionsDirectory?: string;
  readonly onChange?: (run: RunState, job?: JobState) => void;
  /** With it, a failed step waits to be tried again. */
  readonly pausing?: Pausing;
  /** Runs of a former rehearsal: what succeeded in one of the same commit is taken over. */
  readonly kept?: readonly KeptRun[];
  /** Edits that lie over every checkout, action and workflow from the beginning. */
  readonly laidOver?: EditedFolders;
}

export interface Engine {
  /** Starts what the event triggers and returns the queued runs at once. */
  handle(event: RaisedEvent): Promise<readonly RunState[]>;
  /** The run at the end of its current attempt. */
  finished(runId: number): Promise<RunState>;
  /** Nothing runs any more, runs that were started meanwhile included. */
  idle(): Promise<void>;
  /** Requests the cancel; `finished` tells when it is done. */
  cancel(runId: number): Promise<void>;
  /**
   * A new attempt: failed jobs and their dependents, or all. Refused while the run is going on. `login` is who asked,
   * the event's actor unless said.
   */
  rerun(runId: number, what: 'failed' | 'all', login?: string): Promise<RunState>;
  /** What a required reviewer of an environment says. Throws `event-invalid` when nothing waits for it, or the person may not. */
  review(runId: number, review: Review): void;
  /**
   * Loses the runner of a job in progress, as when its machine is gone: its processes are killed, no later step and no
   * post part runs, it sets no output and it fails. Throws `not-found` unless the job is running.
   */
  loseRunner(jobId: number): void;
  /** What a later rehearsal may take over, oldest run first. */
  keep(): readonly KeptRun[];
  /** Cancels everything and waits for it. */
  close(): Promise<void>;
}

interface Active {
  readonly record: RunRecord;
  readonly cancellation: Cancellation;
  readonly finished: Promise<RunState>;
}

/** The engine on one host; `onEvent` of the host is the caller's to connect. */
export function createEngine(options: EngineOptions): Engine {
  const services = servicesOf(options);
  const runs = new Map<number, Active>();
  const nextNumber = createRunNumbers();
  const start = (record: RunRecord): RunState => {
    const cancellation = createCancellation();
    runs.set(record.state.id, { record, cancellation, finished: executeRun(record, services, cancellation) });
    services.onChange(record.state);
    return record.state;
  };
  const ended = (which: readonly Active[]): Promise<unknown> =>
    Promise.all(which.map(({ finished }) => finished));
  return {
    handle: async (event) => {
      const workflows = await triggeredWorkflows(event, options.host);
      return workflows.map((workflow) => {
        const number = nextNumber(event, workflow.origin.path);
        const kept = keptOf(options, event, workflow.origin.path);
        return start(createRun(event, workflow, { host: options.host, number, now: services.now(), kept }));
      });
    },
    finished: (runId) => active(runs, runId).finished,
    async idle() {
      const busy = (): Active[] =>
        [...runs.values()].filter(({ record }) => record.state.status !== 'completed');
      while (busy().length > 0) await ended(busy());
    },
    async cancel(runId) {
      active(runs, runId).cancellation.cancel('The run was canceled.');
    },
    async rerun(runId, what, login) {
      const { record } = active(runs, runId);
      beginAttempt(record, what, login ?? record.state.event.actor);
      return start(record);
    },
    review: (runId, review) => services.gates.review(active(runs, runId).record.state, review),
    keep: () => [...runs.values()].map(({ record }) => keptRun(record.state, record.memory, options.host)),
    loseRunner: (jobId) => services.runners.lose(jobId),
    async close() {
      for (const { cancellation } of runs.values()) cancellation.cancel(rehearsalEnds);
      await ended([...runs.values()]);
    },
  };
}

/** By what started it and its commit; a run of that id is taken up once. */
function keptOf({ kept = [], host }: EngineOptions, event: RaisedEvent, path: string): KeptRun | null {
  const fits = (run: KeptRun): boolean =>
    run.repository === event.repository &&
    run.workflowPath === path &&
    run.event === event.name &&
    run.ref === event.ref &&
    run.sha === event.sha;
  return kept.find((run) => fits(run) && !host.runs.has(run.id)) ?? null;
}

function servicesOf(options: EngineOptions): RunServices {
  const { host, clock } = options;
  const onChange = options.onChange ?? ((): void => undefined);
  return {
    host,
    trees: createCallTrees(host, options.laidOver),
    groups: createConcurrencyGroups(),
    gates: createGates(clock),
    slots: createSlots(options.maximumJobs ?? 8),
    runners: createRunners(),
    runJob: createRunner({ ...options, actionsDirectory: options.actionsDirectory ?? null, onChange }),
    onChange,
    now: () => clock.now(),
    clock,
  };
}

/** Runs of one workflow file of one repository are counted from 1. */
function createRunNumbers(): (event: RaisedEvent, path: string) => number {
  const numbers = new Map<string, number>();
  return (event, path) => {
    const key = `${event.repository}/${path}`;
    const number = (numbers.get(key) ?? 0) + 1;
    numbers.set(key, number);
    return number;
  };
}

function active(runs: ReadonlyMap<number, Active>, runId: number): Active {
  const found = runs.get(runId);
  if (found !== undefined) return found;
  throw problem('not-found', `there is no run ${runId}`, 'List the runs of the repository.');
}
