// A step made ready to run: the parts of an action, or a script.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Scope } from '../engine/expression.js';
import { evaluateText, placeOf } from '../engine/template.js';
import type { FileOrigin, StepDefinition } from '../engine/workflow-model.js';
import { readActionMetadata } from './action-metadata.js';
import { findAction } from './action-source.js';
import { type FoundAction, runFound, type Uses } from './found-action.js';
import { prepareComposite, prepareScripts, registerPost, warnOfPre } from './prepared-folder.js';
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
  /** How many composite actions are around. */
  readonly depth: number;
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

/** Resolves a step. Throws when its action cannot be had. */
export async function prepareStep(step: StepDefinition, options: PrepareOptions): Promise<PreparedStep> {
  const { action } = step;
  const state: Record<string, string> = {};
  if (action.kind === 'run') {
    const unit = base(step, options, (scope) => scriptTitle(action, scope));
    return { pre: null, state, main: { ...unit, execute: (running) => runScript(running, action) } };
  }
  const { session, origin } = options;
  const { host, actionsDirectory, laidOver } = session.options;
  const source = await findAction(action.uses, {
    host,
    actionsDirectory,
    laidOver,
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
    const found: FoundAction = { uses: action, ...source, metadata };
    const folder = { unit: { ...unit, identity: source.identity }, found };
    const { runs } = metadata;
    return runs.kind === 'composite' ? prepareComposite(folder, runs, options) : prepareScripts(folder, runs);
  }
  const execute = async (running: RunningStep): Promise<number> => {
    const found = await workspaceAction(running, action, source.path);
    const { runs } = found.metadata;
    const folder = { unit: { ...unit, identity: found.identity }, found };
    if (runs.kind === 'javascript') registerPost(folder, runs, running.state)(running);
    warnOfPre(running, found);
    return runFound(running, found, { state: running.state });
  };
  return { pre: null, state, main: { ...unit, action: step.id || randomUUID(), execute } };
}
