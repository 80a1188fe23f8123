// A step made ready to run: the parts of an action, or a script.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Scope } from '../engine/expression.js';
import { evaluateText, placeOf } from '../engine/template.js';
import type { FileOrigin, StepDefinition } from '../engine/workflow-model.js';
import { type ActionMetadata, readActionMetadata } from './action-metadata.js';
import { type ActionSource, findAction } from './action-source.js';
import { type FoundAction, partOf, postOf, runFound, type Uses } from './found-action.js';
import { runProvided } from './provided/registry.js';
import { runScript, scriptTitle } from './script.js';
import type { Session } from './session.js';
import type { RunningStep, StepUnit } from './step-unit.js';

/** What a step brings: a part before all main steps, its own, and the store its parts share. */
export interface PreparedStep {
  readonly pre: StepUnit | null;
  readonly main: StepUnit;
  readonly state: Record<string, string>;
}

export interface PrepareOptions {
  readonly session: Session;
  readonly origin: FileOrigin;
  readonly listed: boolean;
}

function base(
  step: StepDefinition,
  options: PrepareOptions,
  fallback: (scope: Scope) => string,
): Omit<StepUnit, 'execute'> {
  return {
    id: step.id,
    action: step.id,
    identity: null,
    title: (scope: Scope) => (step.name === null ? '' : evaluateText(step.name, scope)) || fallback(scope),
    condition: step.if,
    env: step.env,
    continueOnError: step.continueOnError,
    timeoutMinutes: step.timeoutMinutes,
    where: placeOf(step.at),
    listed: options.listed,
  };
}

async function workspaceAction(step: RunningStep, uses: Uses, path: string): Promise<FoundAction> {
  const { session } = step;
  const folder = join(session.directories.workspace, path);
  const { plan } = session;
  const identity = { path: folder, repository: '', ref: '' };
  return { uses, identity, origin: plan.origin, metadata: await readActionMetadata(folder) };
}

function prepareFolder(
  step: StepDefinition,
  uses: Uses,
  source: Extract<ActionSource, { kind: 'folder' }>,
  options: PrepareOptions & { metadata: ActionMetadata },
): PreparedStep {
  const found: FoundAction = { uses, ...source, metadata: options.metadata };
  const unit = { ...base(step, options, () => `Run ${uses.uses}`), identity: source.identity };
  const state: Record<string, string> = {};
  const { runs } = options.metadata;
  let registered = false;
  const register = (): void => {
    const post = runs.kind === 'javascript' ? postOf(unit, found, runs, state) : null;
    if (post !== null && !registered)
      options.session.posts.unshift({ session: options.session, unit: post, state });
    registered = true;
  };
  const main: StepUnit = {
    ...unit,
    execute: (running) => {
      register();
      return runFound(running, found, state);
    },
  };
  if (runs.kind === 'composite' || runs.pre === null) return { pre: null, main, state };
  const before = partOf(unit, found, { script: runs.pre, condition: runs.preIf, label: 'Pre' }, state);
  const pre: StepUnit = {
    ...before,
    execute: (running) => {
      register();
      return before.execute(running);
    },
  };
  return { pre, main, state };
}

/** Resolves a step. Throws when its action cannot be had. */
export async function prepareStep(step: StepDefinition, options: PrepareOptions): Promise<PreparedStep> {
  const { action } = step;
  const state: Record<string, string> = {};
  if (action.kind === 'run') {
    const unit = base(step, options, (scope) => scriptTitle(action, scope));
    return { pre: null, state, main: { ...unit, execute: (running) => runScript(running, action) } };
  }
  const { session, origin } = options;
  const { host, actionsDirectory } = session.options;
  const source = await findAction(action.uses, {
    host,
    actionsDirectory,
    actions: session.directories.actions,
    origin,
  });
  const unit = base(step, options, () => `Run ${action.uses}`);
  if (source.kind === 'provided') {
    const execute = (running: RunningStep): Promise<number> => runProvided(source.name, running, action.with);
    return { pre: null, state, main: { ...unit, execute } };
  }
  if (source.kind === 'folder') {
    const metadata = await readActionMetadata(source.identity.path);
    return prepareFolder(step, action, source, { ...options, metadata });
  }
  const execute = async (running: RunningStep): Promise<number> => {
    const found = await workspaceAction(running, action, source.path);
    const { runs } = found.metadata;
    const post =
      runs.kind === 'javascript'
        ? postOf({ ...unit, identity: found.identity }, found, runs, running.state)
        : null;
    if (post !== null) session.posts.unshift({ session, unit: post, state: running.state });
    return runFound(running, found, running.state);
  };
  return { pre: null, state, main: { ...unit, action: step.id || randomUUID(), execute } };
}
