// An action whose code is at hand: its main part, and its pre and post parts as steps of their own.
import type { FileOrigin, StepDefinition } from '../engine/workflow-model.js';
import { actionInputs } from './action-inputs.js';
import type { ActionMetadata, JavaScriptRuns } from './action-metadata.js';
import { prepareInside, runComposite, runCompositePre } from './composite.js';
import { runScriptPart } from './javascript-action.js';
import type { PreparedStep } from './prepared-step.js';
import { type ActionIdentity, annotate } from './session.js';
import type { RunningStep, StepUnit } from './step-unit.js';

export type Uses = Extract<StepDefinition['action'], { kind: 'uses' }>;

export interface FoundAction {
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

/** The main part, whatever its kind; the exit code. `steps` are those of a composite action, prepared now unless given. */
export async function runFound(
  step: RunningStep,
  found: FoundAction,
  {
    state,
    steps,
  }: { readonly state: Readonly<Record<string, string>>; readonly steps?: readonly PreparedStep[] },
): Promise<number> {
  const inputs = inputsOf(step, found);
  const { origin, metadata } = found;
  const { runs } = metadata;
  if (runs.kind === 'composite') {
    const { session } = step;
    const ready = steps ?? (await prepareInside(runs, { session, origin, depth: session.depth }));
    return runComposite(step, { runs, inputs, origin, steps: ready });
  }
  return runScriptPart(step, { folder: found.identity.path, script: runs.main, inputs, state: { ...state } });
}

/** A pre or post part. */
export function partOf(
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

/** The pre parts inside a composite action as one step, `null` where there is none. */
export function compositePreOf(
  unit: Omit<StepUnit, 'execute'>,
  found: FoundAction,
  steps: readonly PreparedStep[],
): StepUnit | null {
  const { runs } = found.metadata;
  if (runs.kind !== 'composite' || steps.every(({ pre }) => pre === null)) return null;
  const { title } = unit;
  return {
    ...unit,
    id: '',
    title: (scope) => `Pre ${title(scope)}`,
    condition: 'always()',
    continueOnError: null,
    timeoutMinutes: null,
    execute: (step) => {
      const { values } = actionInputs(found.uses.with, found.metadata.inputs, step.scope);
      return runCompositePre(step, { runs, inputs: values, origin: found.origin, steps });
    },
  };
}

/** The post part, `null` when the action has none. */
export function postOf(
  unit: Omit<StepUnit, 'execute'>,
  found: FoundAction,
  runs: JavaScriptRuns,
  state: Record<string, string>,
): StepUnit | null {
  if (runs.post === null) return null;
  return partOf(unit, found, { script: runs.post, condition: runs.postIf, label: 'Post' }, state);
}
