// The runner: one job on this machine, from its folders to its outputs.
import type { Scope } from '../engine/expression.js';
import { messageOf } from '../engine/problem.js';
import { evaluateText, evaluateTexts } from '../engine/template.js';
import type { Permissions } from '../model.js';
import { githubOf, stepScope } from './contexts.js';
import { removeJobDirectories } from './job-directories.js';
import { jobOutputs } from './job-outputs.js';
import type { JobEnd, JobPlan, RunJob, RunnerOptions } from './job-plan.js';
import { loseJob } from './lost-job.js';
import { openSession } from './open-session.js';
import { killOrphans } from './orphans.js';
import { type PreparedStep, prepareStep } from './prepared-step.js';
import { readableAgain } from './retry.js';
import { addStep, annotate, beginStep, endStep, reportError, type Session } from './session.js';
import { runStep } from './step.js';

/** Minutes a job may take unless it says otherwise. Source: docs.github.com, `timeout-minutes`. */
const defaultMinutes = 360;

function permissionText(permissions: Permissions): string {
  const granted = Object.entries(permissions).filter(([, level]) => level !== 'none');
  return granted.length === 0 ? 'none' : granted.map(([name, level]) => `${name}: ${level}`).join(', ');
}

function jobScope(session: Session): Scope {
  const github = githubOf(session, { action: '', identity: null });
  return stepScope(session, github, Object.fromEntries(session.environment));
}

/** `env` of the workflow, then of the job, which sees nothing of the former. */
function setEnvironment(session: Session): void {
  const { plan } = session;
  for (const template of [plan.workflowEnv, plan.job.env]) {
    const { contexts } = jobScope(session);
    const { env: _env, steps: _steps, job: _job, runner: _runner, ...allowed } = contexts;
    for (const [name, value] of Object.entries(evaluateTexts(template, { contexts: allowed }))) {
      session.environment.set(name, value);
    }
  }
}

async function setUp(session: Session): Promise<readonly PreparedStep[]> {
  const { plan, log } = session;
  const step = addStep(session, 'Set up job');
  beginStep(session, step);
  try {
    log.line(`Job ${plan.state.name}, attempt ${plan.run.attempt}, commit ${plan.run.event.sha}`);
    log.line(`GITHUB_TOKEN permissions: ${permissionText(plan.permissions)}`);
    setEnvironment(session);
    const origin = plan.origin;
    const steps = await Promise.all(
      plan.job.steps.map((each) => prepareStep(each, { session, origin, listed: true, depth: 0 })),
    );
    endStep(session, step, 'success');
    return steps.map((each, index) => ({ ...each, main: readableAgain(session, index, each) }));
  } catch (error) {
    reportError(session, messageOf(error));
    session.status = 'failure';
    endStep(session, step, 'failure');
    return [];
  }
}

async function runSteps(session: Session): Promise<void> {
  const steps = await setUp(session);
  for (const { pre, state } of steps) if (pre !== null) await runStep(session, pre, state);
  for (const { main, state } of steps) await runStep(session, main, state);
  for (let post = session.posts.shift(); post !== undefined; post = session.posts.shift()) {
    // The post part of a composite action's step has a session of its own; what it breaks is the job's failure too.
    const before = post.session.status;
    await runStep(post.session, post.unit, post.state);
    if (before === 'success' && post.session.status === 'failure') session.status = 'failure';
  }
}

function watchTime(session: Session, stop: AbortController): () => void {
  const { plan } = session;
  const minutes =
    Number(evaluateText(plan.job.timeoutMinutes, { contexts: plan.contexts })) || defaultMinutes;
  const done = new AbortController();
  outOfTime(session, minutes * 60_000, done.signal).then(
    () => {
      const message = `The job has exceeded the maximum execution time of ${minutes}m0s.`;
      reportError(session, message);
      stop.abort(message);
    },
    () => undefined,
  );
  return () => done.abort();
}

/** Resolves when the job has worked for so long; what it was paused for does not count. */
async function outOfTime({ plan, options }: Session, limit: number, done: AbortSignal): Promise<void> {
  const { clock, pausing } = options;
  const began = clock.now();
  const left = (): number => {
    const held = pausing?.pauses.heldMs(plan.state.id) ?? 0;
    return limit - (clock.now() - began - held);
  };
  await clock.sleep(limit, done);
  if (pausing === undefined) return;
  for (let rest = left(); rest > 0; rest = left()) await clock.sleep(rest, done);
}

function complete(session: Session): JobEnd {
  const { options, log } = session;
  const step = addStep(session, 'Complete job');
  beginStep(session, step);
  const scope = jobScope(session);
  const outputs = jobOutputs(session, scope);
  const url = evaluateText(session.plan.environmentUrl, scope);
  if (url !== '') log.line(`Environment: ${url}`);
  const killed = killOrphans(session.trackingId);
  if (killed.length > 0) log.line(`Terminated orphan processes: ${killed.join(', ')}`);
  options.host.revokeToken(session.token);
  endStep(session, step, 'success');
  return { conclusion: session.status, outputs, environmentUrl: url };
}

async function runJob(plan: JobPlan, options: RunnerOptions): Promise<JobEnd> {
  const stop = new AbortController();
  const session = await openSession(plan, options, stop);
  const { state } = plan;
  state.status = 'in_progress';
  state.startedAt = options.clock.now();
  // Until the job ends its log is read when somebody asks for it.
  const log = { get: () => session.log.text(), enumerable: true, configurable: true };
  Object.defineProperty(state, 'log', log);
  options.onChange(plan.run, state);
  const cancelled = (): void => {
    if (plan.lost.aborted) return;
    session.status = 'cancelled';
    session.log.line('##[error]The operation was canceled.');
  };
  if (session.signal.aborted) cancelled();
  else session.signal.addEventListener('abort', cancelled, { once: true });
  const stopWatch = watchTime(session, stop);
  try {
    await runSteps(session);
    return plan.lost.aborted ? loseJob(session) : complete(session);
  } catch (error) {
    annotate(session, { level: 'failure', message: messageOf(error) });
    return { conclusion: 'failure', outputs: {} };
  } finally {
    stopWatch();
    options.host.revokeToken(session.token);
    Object.defineProperty(state, 'log', { value: session.log.text(), writable: true, enumerable: true });
    session.log.close();
    await removeJobDirectories(session.directories);
  }
}

/** Jobs on this machine. The returned function never rejects for what a step does. */
export function createRunner(options: RunnerOptions): RunJob {
  return (plan) => runJob(plan, options);
}
