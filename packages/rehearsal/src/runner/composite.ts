// Composite actions: their steps run inside the step that uses them, with inputs and results of their own.
import { toText } from '../engine/data.js';
import { evaluateTemplate } from '../engine/template.js';
import type { FileOrigin } from '../engine/workflow-model.js';
import type { CompositeRuns } from './action-metadata.js';
import { githubOf, stepScope } from './contexts.js';
import { prepareStep } from './prepared-step.js';
import type { Session } from './session.js';
import { runStep } from './step.js';
import type { RunningStep } from './step-unit.js';

export interface Composite {
  readonly runs: CompositeRuns;
  readonly inputs: Readonly<Record<string, string>>;
  readonly origin: FileOrigin;
}

/** Runs the steps in order; 0 when all succeeded. */
export async function runComposite(step: RunningStep, { runs, inputs, origin }: Composite): Promise<number> {
  const outer = step.session;
  const contexts = { ...outer.plan.contexts, inputs };
  const environment = new Map([...outer.environment, ...Object.entries(step.env)]);
  const plan = { ...outer.plan, contexts, origin };
  const session: Session = {
    ...outer,
    plan,
    environment,
    results: new Map(),
    signal: step.signal,
    status: 'success',
  };
  const given = new Set(Object.keys(step.env));
  step.signal.addEventListener('abort', () => {
    session.status = 'cancelled';
  });
  for (const definition of runs.steps) {
    const prepared = await prepareStep(definition, { session, origin, listed: false });
    const identity = prepared.main.identity ?? {
      path: String(step.github['action_path']),
      repository: origin.repository,
      ref: origin.ref,
    };
    await runStep(session, { ...prepared.main, identity }, prepared.state);
  }
  for (const [name, value] of environment) if (!given.has(name)) outer.environment.set(name, value);
  const scope = stepScope(
    session,
    githubOf(session, { action: '', identity: null }),
    Object.fromEntries(environment),
  );
  for (const [name, value] of runs.outputs) step.outputs[name] = toText(evaluateTemplate(value, scope));
  return session.status === 'success' ? 0 : 1;
}
