// Composite actions: their steps run inside the step that uses them, with inputs and results of their own.
import { join } from 'node:path';
import { toText } from '../engine/data.js';
import { problem } from '../engine/problem.js';
import { evaluateTemplate, placeOf } from '../engine/template.js';
import type { FileOrigin } from '../engine/workflow-model.js';
import type { CompositeRuns } from './action-metadata.js';
import { githubOf, stepScope } from './contexts.js';
import { type PreparedStep, type PrepareOptions, prepareStep } from './prepared-step.js';
import type { Session } from './session.js';
import { runStep } from './step.js';
import type { RunningStep } from './step-unit.js';

export interface Composite {
  readonly runs: CompositeRuns;
  readonly inputs: Readonly<Record<string, string>>;
  readonly origin: FileOrigin;
  readonly steps: readonly PreparedStep[];
}

/** Source: `CompositeActionsMaxDepth` of actions/runner. */
const depthLimit = 9;

/** Makes the steps inside a composite action ready. Throws when they are nested too deep. */
export function prepareInside(
  runs: CompositeRuns,
  { depth, ...options }: Pick<PrepareOptions, 'session' | 'origin' | 'depth'>,
): Promise<readonly PreparedStep[]> {
  if (depth >= depthLimit) {
    throw problem(
      'step-failed',
      `Composite action depth exceeded max depth ${depthLimit}`,
      'Flatten them; an action that uses itself never ends.',
    );
  }
  const inside = { ...options, depth: depth + 1, listed: false };
  return Promise.all(runs.steps.map((definition) => prepareStep(definition, inside)));
}

/** A session of the action's own: its inputs, its results, its status. */
function sessionInside(step: RunningStep, { inputs, origin }: Composite): Session {
  const outer = step.session;
  const session: Session = {
    ...outer,
    depth: outer.depth + 1,
    plan: { ...outer.plan, contexts: { ...outer.plan.contexts, inputs }, origin },
    environment: new Map([...outer.environment, ...Object.entries(step.env)]),
    results: new Map(),
    signal: step.signal,
    status: 'success',
  };
  step.signal.addEventListener('abort', () => {
    session.status = 'cancelled';
  });
  return session;
}

/** What the steps wrote into GITHUB_ENV is the job's; the step's own `env` is not. */
function leave(step: RunningStep, session: Session): number {
  const given = new Set(Object.keys(step.env));
  for (const [name, value] of session.environment)
    if (!given.has(name)) step.session.environment.set(name, value);
  return session.status === 'success' ? 0 : 1;
}

/** The pre parts of the actions inside, before all steps of the job; 0 when all succeeded. */
export async function runCompositePre(step: RunningStep, composite: Composite): Promise<number> {
  const session = sessionInside(step, composite);
  for (const { pre, state } of composite.steps) if (pre !== null) await runStep(session, pre, state);
  return leave(step, session);
}

/** Runs the steps in order; 0 when all succeeded. */
export async function runComposite(step: RunningStep, composite: Composite): Promise<number> {
  const { runs, origin, steps } = composite;
  const session = sessionInside(step, composite);
  for (const [index, { main, state }] of steps.entries()) {
    const identity = main.identity ?? {
      path: String(step.github['action_path']),
      repository: origin.repository,
      ref: origin.ref,
    };
    await runStep(session, { ...main, identity }, state);
    const definition = runs.steps[index];
    if (session.status === 'failure' && definition !== undefined)
      session.trouble.action ??= join(String(step.github['action_path']), placeOf(definition.at));
  }
  const code = leave(step, session);
  const github = githubOf(session, { action: '', identity: null });
  const scope = stepScope(session, github, Object.fromEntries(session.environment));
  for (const [name, value] of runs.outputs) step.outputs[name] = toText(evaluateTemplate(value, scope));
  return code;
}
