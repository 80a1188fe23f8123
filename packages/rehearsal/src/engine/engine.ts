// GitHub's side of workflows on one machine: events become runs, runs become jobs.
import type { Clock } from '@headgate/kit/clock';
import type { GitHubHost, JobState, RaisedEvent, RunState } from '../model.js';
import { createRunner } from '../runner/runner.js';
import { createCallTrees } from './call-tree.js';
import { type Cancellation, createCancellation, rehearsalEnds } from './cancellation.js';
import { changedPaths } from './changed-paths.js';
import { createConcurrencyGroups } from './concurrency.js';
import { gitObjects } from './git-objects.js';
import { problem } from './problem.js';
import { createRun, executeRun, type RunRecord, type RunServices } from './run.js';
import { createSlots } from './slots.js';
import { isTriggered, wantsPaths } from './trigger.js';
import { readTriggerHeader } from './workflow-file.js';

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
  /** A new attempt: failed jobs and their dependents, or all. Refused while the run is going on. */
  rerun(runId: number, what: 'failed' | 'all'): Promise<RunState>;
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
        return start(createRun(event, workflow, { services, number }));
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
    async rerun(runId, what) {
      const { record } = active(runs, runId);
      beginAttempt(record, what);
      return start(record);
    },
    async close() {
      for (const { cancellation } of runs.values()) cancellation.cancel(rehearsalEnds);
      await ended([...runs.values()]);
    },
  };
}

function servicesOf(options: EngineOptions): RunServices {
  const { host, clock } = options;
  const onChange = options.onChange ?? ((): void => undefined);
  return {
    host,
    trees: createCallTrees(host),
    groups: createConcurrencyGroups(),
    slots: createSlots(options.maximumJobs ?? 8),
    runJob: createRunner({ ...options, actionsDirectory: options.actionsDirectory ?? null, onChange }),
    onChange,
    now: () => clock.now(),
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

/** Jobs that succeeded are remembered unless all run again. */
function beginAttempt(record: RunRecord, what: 'failed' | 'all'): void {
  if (record.state.status !== 'completed') {
    const { id } = record.state;
    throw problem('event-invalid', `run ${id} is still going on`, 'Cancel it or wait for its end.');
  }
  if (what === 'all') record.memory.clear();
  record.state.attempt += 1;
  Object.assign(record.state, { status: 'queued', conclusion: null, completedAt: null });
  delete record.state.problem;
}

async function triggeredWorkflows(
  event: RaisedEvent,
  host: GitHubHost,
): Promise<readonly ReturnType<typeof readTriggerHeader>[]> {
  const folder = '.github/workflows';
  const objects = gitObjects(host.gitDirectory(event.repository));
  const names = (await objects.list(event.sha, folder)).filter((name) => /\.ya?ml$/u.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const path = `${folder}/${name}`;
      const content = (await objects.file(event.sha, path)) ?? '';
      const workflow = readTriggerHeader(
        { repository: event.repository, sha: event.sha, path, ref: event.ref },
        content,
      );
      const changed = wantsPaths(workflow, event) ? await changedPaths(event, objects) : [];
      return isTriggered(workflow, event, changed) ? [workflow] : [];
    }),
  );
  return found.flat();
}
