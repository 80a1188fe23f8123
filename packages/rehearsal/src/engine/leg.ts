// One leg of a job: its concurrency group, its environment, then the runner or the called workflow.

import type { EnvironmentSettings, JobState } from '../model.js';
import { bindInputs } from './call-contract.js';
import { reasonOf } from './cancellation.js';
import type { GroupAnswer } from './concurrency.js';
import { toText } from './data.js';
import { holds, type Scope } from './expression.js';
import { shortReference } from './github-context.js';
import { type Leg, namedSetting } from './job.js';
import { addJob, endJob } from './job-state.js';
import type { JobOutcome } from './job-status.js';
import { levelContexts, runLevel } from './level.js';
import { matchesPatterns } from './pattern.js';
import { messageOf, problem } from './problem.js';
import { passedSecrets, type SecretScope, withEnvironment } from './secrets.js';
import {
  childOf,
  evaluateTemplate,
  evaluateText,
  evaluateTexts,
  placeOf,
  type Template,
} from './template.js';
import type { CallJob, StepsJob } from './workflow-model.js';

function scopeOf(leg: Leg): Scope {
  const { contexts } = leg.scope(() => leg.cancellation.signal.aborted);
  return { contexts: { ...contexts, matrix: leg.matrix, strategy: leg.strategy } };
}

interface Held {
  readonly answer: GroupAnswer;
  readonly held: readonly string[];
}

/** A job's or a run's place in its concurrency group. */
export async function enterGroup(
  template: Template | null,
  options: { readonly scope: Scope; readonly repository: string; readonly held: readonly string[] } & {
    readonly signal: AbortSignal;
    readonly waiting: () => void;
    cancel(reason: string): void;
  } & Pick<Leg['level']['attempt'], 'groups'>,
): Promise<Held> {
  const { held } = options;
  if (template === null) return { answer: { kind: 'acquired', release: () => undefined }, held };
  const setting = namedSetting(evaluateTemplate(template, options.scope), 'group');
  const key = `${options.repository}:${toText(setting['group'])}`;
  const cancelInProgress = toText(setting['cancel-in-progress']) === 'true';
  const queue = setting['queue'] === 'max' ? ('max' as const) : ('single' as const);
  if (queue === 'max' && cancelInProgress) {
    throw problem(
      'startup-failure',
      `${placeOf(template.at)}: queue: max cannot be combined with cancel-in-progress`,
      'Drop one.',
    );
  }
  options.waiting();
  const answer = await options.groups.acquire({ ...options, key, cancelInProgress, queue });
  return { answer, held: [...held, key] };
}

function environmentOf(leg: Leg, template: Template | null, scope: Scope): string | null {
  if (template === null) return null;
  const value =
    template.kind === 'mapping'
      ? evaluateText(childOf(template, 'name'), scope)
      : evaluateText(template, scope);
  if (value === '') return null;
  const settings = leg.level.attempt.host.repository(leg.level.attempt.run.repository).environments[value];
  const { ref } = leg.level.attempt.run.event;
  const name = shortReference(ref);
  const candidates = [name, ref];
  if (
    settings !== undefined &&
    settings.branches.length > 0 &&
    !candidates.some((each) => matchesPatterns(settings.branches, each))
  ) {
    throw problem(
      'startup-failure',
      `Branch "${name}" is not allowed to deploy to ${value} due to environment protection rules.`,
      `Add the branch to the rules of the environment ${value}, or deploy from one of: ${settings.branches.join(', ')}.`,
    );
  }
  return value;
}

async function runSteps(leg: Leg, job: StepsJob, state: JobState): Promise<JobOutcome> {
  const { level } = leg;
  const { attempt, workflow } = level;
  const settings: EnvironmentSettings | null =
    state.environment === null
      ? null
      : (attempt.host.repository(attempt.run.repository).environments[state.environment] ?? null);
  const scope = scopeOf(leg);
  const vars = { ...attempt.variables, ...settings?.variables };
  const secrets = attempt.run.event.fork ? {} : withEnvironment(level.secrets, settings);
  const stop = new AbortController();
  const cancelled = (): void => {
    // A job whose condition still holds after the cancel goes on, as `if: always()` does on GitHub.
    if (
      !holds(
        job.if,
        leg.scope(() => true),
        placeOf(job.at),
      )
    )
      stop.abort(reasonOf(leg.cancellation.signal));
  };
  if (leg.cancellation.signal.aborted) cancelled();
  else leg.cancellation.signal.addEventListener('abort', cancelled, { once: true });
  const end = await attempt.slots.run(stop.signal, () =>
    attempt.runJob({
      run: attempt.run,
      state,
      job,
      origin: workflow.file.origin,
      workflowEnv: workflow.file.env,
      workflowDefaults: workflow.file.defaults,
      permissions: workflow.permissions.get(job.id) ?? {},
      contexts: { ...scope.contexts, vars, secrets },
      secrets,
      environmentUrl: job.environment?.kind === 'mapping' ? childOf(job.environment, 'url') : null,
      signal: stop.signal,
    }),
  );
  const conclusion = end?.conclusion ?? 'cancelled';
  endJob(
    attempt,
    state,
    { conclusion, outputs: end?.outputs ?? {} },
    end === null ? reasonOf(leg.cancellation.signal) : undefined,
  );
  const forgiven = conclusion === 'failure' && evaluateText(job.continueOnError, scope) === 'true';
  return { result: forgiven ? 'success' : conclusion, outputs: end?.outputs ?? {}, ran: true };
}

async function runCall(leg: Leg, job: CallJob, held: readonly string[]): Promise<JobOutcome> {
  const { level } = leg;
  const workflow = level.workflow.callees.get(job.id);
  if (workflow?.file.call == null)
    throw problem('not-found', `${job.uses} is not loaded`, 'Correct `uses:`.');
  const scope = scopeOf(leg);
  const given = Object.fromEntries(
    Object.entries(job.with === null ? {} : Object(evaluateTemplate(job.with, scope))),
  );
  const inputs = bindInputs(workflow.file.call.inputs, given, {
    who: leg.title,
    scope: { contexts: levelContexts(level) },
  });
  const secretScope: Scope = { contexts: { ...scope.contexts, secrets: level.secrets.values } };
  const secrets: SecretScope =
    job.secrets === 'inherit' ? level.secrets : passedSecrets(evaluateTexts(job.secrets, secretScope));
  const { cancellation } = leg;
  const below = {
    ...level,
    workflow,
    inputs,
    secrets,
    held,
    cancellation,
    path: `${leg.path}/`,
    title: `${leg.title} / `,
  };
  return (await runLevel(below)).outcome;
}

async function execute(leg: Leg): Promise<JobOutcome> {
  const { job, level } = leg;
  const { attempt } = level;
  const scope = scopeOf(leg);
  const environment = job.kind === 'steps' ? environmentOf(leg, job.environment, scope) : null;
  const state = job.kind === 'steps' ? addJob(attempt, { name: leg.title, environment }) : null;
  const waiting = (): void => {
    if (state !== null) state.status = 'waiting';
  };
  const { groups, run } = attempt;
  const options = {
    scope,
    repository: run.repository,
    held: level.held,
    signal: leg.cancellation.signal,
    waiting,
    groups,
  };
  const entered = await enterGroup(job.concurrency, { ...options, cancel: leg.cancellation.cancel });
  if (entered.answer.kind === 'refused') {
    const cancelled = state ?? addJob(attempt, { name: leg.title, environment: null });
    endJob(attempt, cancelled, { conclusion: 'cancelled', outputs: {} }, entered.answer.reason);
    return { result: 'cancelled', outputs: {}, ran: true };
  }
  try {
    if (job.kind === 'call') return await runCall(leg, job, entered.held);
    return state === null ? { result: 'failure', outputs: {}, ran: true } : await runSteps(leg, job, state);
  } finally {
    entered.answer.release();
  }
}

/** Runs a leg, or keeps what it did in the former attempt. Never rejects: a failure is an outcome with an annotation. */
export async function runLeg(leg: Leg): Promise<JobOutcome> {
  const { attempt } = leg.level;
  const kept = attempt.memory.get(leg.path);
  if (leg.level.reuse && kept?.result === 'success') return { ...kept, ran: false };
  let outcome: JobOutcome;
  try {
    outcome = await execute(leg);
  } catch (error) {
    const state = addJob(attempt, { name: leg.title, environment: null });
    endJob(attempt, state, { conclusion: 'failure', outputs: {} }, messageOf(error));
    outcome = { result: 'failure', outputs: {}, ran: true };
  }
  attempt.memory.set(leg.path, outcome);
  return outcome;
}
