// A leg that runs steps: what it may see, then the runner.
import type { JobState } from '../model.js';
import { reasonOf } from './cancellation.js';
import type { Scope } from './expression.js';
import type { Leg } from './job.js';
import { environmentSettings, environmentUrl } from './job-environment.js';
import { endJob } from './job-state.js';
import type { JobOutcome } from './job-status.js';
import { withEnvironment } from './secrets.js';
import { evaluateText } from './template.js';
import type { StepsJob } from './workflow-model.js';

/** Runs the job; `scope` has the contexts of a leg. */
export async function runSteps(
  leg: Leg,
  job: StepsJob,
  { state, scope }: { readonly state: JobState; readonly scope: Scope },
): Promise<JobOutcome> {
  const { attempt, workflow, secrets: given } = leg.level;
  const { run, host } = attempt;
  const settings = environmentSettings(state.environment, run, host);
  const secrets = run.event.fork ? {} : withEnvironment(given, settings);
  const vars = { ...attempt.variables, ...settings?.variables };
  const signal = leg.stop;
  const lost = attempt.runners.begin(state.id);
  const plan = {
    run,
    state,
    job,
    origin: workflow.file.origin,
    workflowEnv: workflow.file.env,
    workflowDefaults: workflow.file.defaults,
    permissions: workflow.permissions.get(job.id) ?? {},
    contexts: { ...scope.contexts, vars, secrets },
    secrets,
    environmentUrl: environmentUrl(job.environment),
    signal,
    lost,
  };
  const end = await attempt.slots.run(signal, () => attempt.runJob(plan));
  attempt.runners.end(state.id);
  const { conclusion, outputs } = end ?? { conclusion: 'cancelled' as const, outputs: {} };
  endJob(attempt, state, { conclusion, outputs }, end === null ? reasonOf(signal) : undefined);
  const forgiven = conclusion === 'failure' && evaluateText(job.continueOnError, scope) === 'true';
  return { result: forgiven ? 'success' : conclusion, outputs, ran: true };
}
