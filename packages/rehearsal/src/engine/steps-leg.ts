// A leg that runs steps: what it may see, then the runner.
import type { Conclusion, JobState } from '../model.js';
import { reasonOf } from './cancellation.js';
import type { Scope } from './expression.js';
import type { Leg } from './job.js';
import { environmentSettings, environmentUrl, leavesDeployment } from './job-environment.js';
import { endJob } from './job-state.js';
import type { JobOutcome } from './job-status.js';
import { withEnvironment } from './secrets.js';
import { evaluateText } from './template.js';
import type { StepsJob } from './workflow-model.js';

/** Ends the deployment that a job's environment calls for; does nothing where none is wanted. */
type EndDeployment = (conclusion: Conclusion, url: string) => void;

function beginDeployment(leg: Leg, job: StepsJob, at: Prepared): EndDeployment {
  const { run, host } = leg.level.attempt;
  const { id: jobId, environment } = at.state;
  if (environment === null || !leavesDeployment(job.environment, at.scope)) return () => undefined;
  const { repository, event, id: runId } = run;
  return host.beginDeployment({ repository, environment, ref: event.ref, sha: event.sha, runId, jobId });
}

interface Prepared {
  readonly state: JobState;
  readonly scope: Scope;
}

/** Runs the job; `scope` has the contexts of a leg. */
export async function runSteps(leg: Leg, job: StepsJob, at: Prepared): Promise<JobOutcome> {
  const { state, scope } = at;
  const { attempt, workflow, secrets: given } = leg.level;
  const { run, host } = attempt;
  const settings = environmentSettings(state.environment, run, host);
  const secrets = run.event.fork ? {} : withEnvironment(given, settings);
  const vars = { ...attempt.variables, ...settings?.variables };
  const signal = leg.stop;
  const changed = (): void => attempt.onChange(run, state);
  if (!(await attempt.gates.pass({ run, state, settings, signal, changed }))) {
    endJob(attempt, state, { conclusion: 'cancelled', outputs: {} }, reasonOf(signal));
    return { result: 'cancelled', outputs: {}, ran: true };
  }
  const lost = attempt.runners.begin(state.id, run.id);
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
  const end = await attempt.slots.run(signal, async () => {
    const endDeployment = beginDeployment(leg, job, at);
    const ended = await attempt.runJob(plan);
    endDeployment(ended.conclusion, ended.environmentUrl ?? '');
    return ended;
  });
  attempt.runners.end(state.id);
  const { conclusion, outputs } = end ?? { conclusion: 'cancelled' as const, outputs: {} };
  endJob(attempt, state, { conclusion, outputs }, end === null ? reasonOf(signal) : undefined);
  const forgiven = conclusion === 'failure' && evaluateText(job.continueOnError, scope) === 'true';
  return { result: forgiven ? 'success' : conclusion, outputs, ran: true, jobId: state.id };
}
