// A step made ready to run: the parts of an action, or a script.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Scope } from '../engine/expression.js';
import { evaluateText, placeOf } from '../engine/template.js';
import type { FileOrigin, StepDefinition } from '../engine/workflow-model.js';
import { actionInputs } from './action-inputs.js';
import { type ActionMetadata, type JavaScriptRuns, readActionMetadata } from './action-metadata.js';
import { type ActionSource, findAction } from './action-source.js';
import { runComposite } from './composite.js';
import { runScriptPart } from './javascript-action.js';
import { runProvided } from './provided/registry.js';
import { runScript, scriptTitle } from './script.js';
import { type ActionIdentity, annotate, type Session } from './session.js';
import type { RunningStep, StepUnit } from './step.js';

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

type Uses = Extract<StepDefinition['action'], { kind: 'uses' }>;

function base(step: StepDefinition, options: PrepareOptions, fallback: string): Omit<StepUnit, 'execute'> {
  return {
    id: step.id,
    action: step.id,
    identity: null,
    title: (scope: Scope) => (step.name === null ? fallback : evaluateText(step.name, scope) || fallback),
    condition: step.if,
    env: step.env,
    continueOnError: step.continueOnError,
    timeoutMinutes: step.timeoutMinutes,
    where: placeOf(step.at),
    listed: options.listed,
  };
}

interface FoundAction {
  readonly uses: Uses;
  readonly identity: ActionIdentity;
  readonly origin: FileOrigin;
  readonly metadata: ActionMetadata;
}

function inputsOf(step: RunningStep, { uses, metadata }: FoundAction): Readonly<Record<string, string>> {
  const { values, unexpected } = actionInputs(uses.with, metadata.inputs, step.scope);
  if (unexpected.length > 0) {
    const message = `Unexpected input(s) '${unexpected.join("', '")}' for ${uses.uses}`;
    step.session.log.line(`##[warning]${message}`);
    annotate(step.session, { level: 'warning', message });
  }
  return values;
}

async function runFound(
  step: RunningStep,
  found: FoundAction,
  state: Readonly<Record<string, string>>,
): Promise<number> {
  const inputs = inputsOf(step, found);
  const { runs } = found.metadata;
  if (runs.kind === 'composite') return runComposite(step, { runs, inputs, origin: found.origin });
  return runScriptPart(step, { folder: found.identity.path, script: runs.main, inputs, state: { ...state } });
}

function part(
  unit: Omit<StepUnit, 'execute'>,
  found: FoundAction,
  which: { script: string; condition: string; label: string },
  state: Record<string, string>,
): StepUnit {
  const { title } = unit;
  return {
    ...unit,
    id: '',
    title: (scope) => `${which.label} ${title(scope)}`,
    condition: which.condition,
    continueOnError: null,
    timeoutMinutes: null,
    execute: (step) => {
      const { values } = actionInputs(found.uses.with, found.metadata.inputs, step.scope);
      return runScriptPart(step, {
        folder: found.identity.path,
        script: which.script,
        inputs: values,
        state: { ...state },
      });
    },
  };
}

function postOf(
  unit: Omit<StepUnit, 'execute'>,
  found: FoundAction,
  runs: JavaScriptRuns,
  state: Record<string, string>,
): StepUnit | null {
  if (runs.post === null) return null;
  return part(unit, found, { script: runs.post, condition: runs.postIf, label: 'Post' }, state);
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
  const unit = { ...base(step, options, `Run ${uses.uses}`), identity: source.identity };
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
  const before = part(unit, found, { script: runs.pre, condition: runs.preIf, label: 'Pre' }, state);
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
    const unit = base(step, options, scriptTitle(action));
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
  const unit = base(step, options, `Run ${action.uses}`);
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
