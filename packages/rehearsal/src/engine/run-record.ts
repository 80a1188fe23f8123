// A run as the engine keeps it, and its beginning.
import type { GitHubHost, RaisedEvent, RunState } from '../model.js';
import type { CallTree } from './call-tree.js';
import { headBranch } from './github-context.js';
import type { JobOutcome } from './job-status.js';
import { type KeptRun, memoryOf } from './kept-run.js';
import { textAt } from './trigger.js';
import type { FileOrigin, WorkflowFile } from './workflow-model.js';

/** What the engine keeps of a run between its attempts. */
export interface RunRecord {
  readonly state: RunState;
  readonly origin: FileOrigin;
  readonly memory: Map<string, JobOutcome>;
  /** What a former rehearsal left of it. */
  readonly kept: KeptRun | null;
  tree: CallTree | null;
}

/** A queued run, listed with the host. */
export function createRun(
  event: RaisedEvent,
  workflow: Pick<WorkflowFile, 'origin' | 'name'>,
  options: {
    readonly host: GitHubHost;
    readonly number: number;
    readonly now: number;
    readonly kept: KeptRun | null;
  },
): RunRecord {
  const { host, kept } = options;
  const state: RunState = {
    id: kept?.id ?? host.nextId(),
    repository: event.repository,
    number: options.number,
    attempt: 1,
    workflowName: workflow.name,
    workflowPath: workflow.origin.path,
    event,
    headBranch: headBranch(event),
    headSha: textAt(event.payload, 'pull_request', 'head', 'sha') || event.sha,
    headRepository: textAt(event.payload, 'pull_request', 'head', 'repo', 'full_name') || event.repository,
    referencedWorkflows: [],
    status: 'queued',
    conclusion: null,
    createdAt: options.now,
    completedAt: null,
    jobs: [],
  };
  host.runs.set(state.id, state);
  return { state, origin: workflow.origin, memory: memoryOf(kept), kept, tree: null };
}
