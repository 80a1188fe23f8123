// One run: created for a workflow and an event, executed once per attempt.
import type { Clock } from '@headgate/kit/clock';
import type { GitHubHost, RaisedEvent, RunState } from '../model.js';
import type { RunJob } from '../runner/job-plan.js';
import { bindInputs } from './call-contract.js';
import type { CallTree, CallTrees } from './call-tree.js';
import { watchCancel } from './cancel-deadline.js';
import { type Cancellation, reasonOf } from './cancellation.js';
import type { ConcurrencyGroups } from './concurrency.js';
import type { Scope } from './expression.js';
import type { Gates } from './gates.js';
import { githubContext } from './github-context.js';
import { enterGroup } from './group-entry.js';
import { takeOver } from './kept-run.js';
import { type Attempt, type RunnerChange, runLevel } from './level.js';
import { defaultPermissions, forFork } from './permissions.js';
import { messageOf } from './problem.js';
import type { RunRecord } from './run-record.js';
import type { Runners } from './runners.js';
import type { Slots } from './slots.js';
import { evaluateText } from './template.js';
import type { WorkflowFile } from './workflow-model.js';

/** What all runs of an engine share. */
export interface RunServices {
  readonly host: GitHubHost;
  readonly trees: CallTrees;
  readonly groups: ConcurrencyGroups;
  readonly gates: Gates;
  readonly slots: Slots;
  readonly runners: Runners;
  readonly runJob: RunJob;
  readonly onChange: RunnerChange;
  readonly now: () => number;
  readonly clock: Clock;
}

async function treeOf(record: RunRecord, services: RunServices): Promise<CallTree> {
  if (record.tree !== null) return record.tree;
  const file = await services.trees.file(record.origin);
  const tree = await services.trees.tree(file, defaultPermissions);
  record.state.referencedWorkflows.push(...tree.references);
  record.tree = record.state.event.fork ? { ...tree, root: lowered(tree.root) } : tree;
  return record.tree;
}

function lowered(workflow: CallTree['root']): CallTree['root'] {
  return {
    file: workflow.file,
    callees: new Map([...workflow.callees].map(([id, callee]) => [id, lowered(callee)])),
    permissions: new Map([...workflow.permissions].map(([id, permissions]) => [id, forFork(permissions)])),
  };
}

function dispatchInputs(file: WorkflowFile, event: RaisedEvent, scope: Scope): Record<string, unknown> {
  if (event.name !== 'workflow_dispatch') return {};
  const given = event.payload['inputs'];
  const values = typeof given === 'object' && given !== null ? Object.fromEntries(Object.entries(given)) : {};
  return bindInputs(file.dispatchInputs, values, { who: () => file.origin.path, scope, texts: true });
}

/** An empty name counts as none. Source: docs.github.com, "Workflow syntax", `run-name`. */
function nameRun(run: RunState, file: WorkflowFile, scope: Scope): void {
  const title = evaluateText(file.runName, scope).trim();
  if (title !== '') run.title = title;
}

function attemptOf(
  { state: run, memory, kept }: RunRecord,
  services: RunServices,
  contexts: Pick<Attempt, 'github' | 'variables'>,
): Attempt {
  const attempt: Attempt = {
    ...services,
    ...contexts,
    run,
    memory,
    takeOver: (path) => {
      // Later attempts keep what the former attempt of this run did, as any other.
      if (kept !== null && run.attempt === 1) takeOver(attempt, kept, path);
    },
  };
  return attempt;
}

async function execute(record: RunRecord, services: RunServices, cancellation: Cancellation): Promise<void> {
  const { state: run } = record;
  const { root } = await treeOf(record, services);
  const settings = services.host.repository(run.repository);
  const github = githubContext({
    run,
    host: services.host,
    triggeringActor: run.triggeringActor ?? run.event.actor,
  });
  const variables = settings.variables;
  const inputs = dispatchInputs(root.file, run.event, { contexts: { github, vars: variables } });
  nameRun(run, root.file, { contexts: { github, inputs, vars: variables } });
  const attempt = attemptOf(record, services, { github, variables });
  const entered = await enterGroup(root.file.concurrency, {
    scope: { contexts: { github, inputs, vars: variables } },
    repository: run.repository,
    held: [],
    groups: services.groups,
    signal: cancellation.signal,
    cancel: cancellation.cancel,
    waiting: () => undefined,
  });
  if (entered.answer.kind === 'refused') {
    run.conclusion = 'cancelled';
    run.problem = entered.answer.reason;
    return;
  }
  try {
    run.status = 'in_progress';
    services.onChange(run);
    const secrets = { values: run.event.fork ? {} : settings.secrets, open: true };
    const top = {
      attempt,
      workflow: root,
      inputs,
      secrets,
      path: '',
      title: '',
      held: entered.held,
      cancellation,
    };
    const { outcome } = await runLevel({ ...top, reuse: run.attempt > 1 || record.kept !== null });
    run.conclusion = cancellation.signal.aborted ? 'cancelled' : outcome.result;
    if (cancellation.signal.aborted) run.problem = reasonOf(cancellation.signal);
  } finally {
    entered.answer.release();
  }
}

/** Executes one attempt to its end. Never rejects: what prevents the start becomes the run's `problem`. */
export async function executeRun(
  record: RunRecord,
  services: RunServices,
  cancellation: Cancellation,
): Promise<RunState> {
  const { state: run } = record;
  services.runners.renew(run.id);
  const stopWatch = watchCancel(run.id, services, cancellation.signal);
  try {
    await execute(record, services, cancellation);
  } catch (error) {
    run.conclusion = 'failure';
    run.problem = messageOf(error);
  } finally {
    stopWatch();
  }
  run.status = 'completed';
  run.completedAt = services.now();
  services.onChange(run);
  return run;
}
