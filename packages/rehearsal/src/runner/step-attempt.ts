// One attempt of a step: its condition, environment, work, file commands.
import { randomUUID } from 'node:crypto';
import { toText } from '../engine/data.js';
import { holds, type Scope } from '../engine/expression.js';
import { messageOf } from '../engine/problem.js';
import { endsAtOnce } from '../engine/runners.js';
import { evaluateText, evaluateTexts } from '../engine/template.js';
import type { Conclusion } from '../model.js';
import { type CommandEffects, createCommandProcessor } from './command-processor.js';
import { githubOf, stepScope } from './contexts.js';
import { createFileCommands } from './file-commands.js';
import { annotate, reportError, type Session } from './session.js';
import { applyFiles } from './step-files.js';
import { watchCancel, withinTime } from './step-limits.js';
import type { RunningStep, StepUnit } from './step-unit.js';

function effectsOf(session: Session, step: Pick<RunningStep, 'outputs' | 'state' | 'fail'>): CommandEffects {
  return {
    line: (text) => session.log.line(text),
    debug: (text) => {
      if (session.debug) session.log.line(`##[debug]${text}`);
    },
    output: (name, value) => {
      step.outputs[name] = value;
    },
    state: (name, value) => {
      step.state[name] = value;
    },
    mask: (value) => session.masks.add(value),
    annotate: (annotation) => annotate(session, annotation),
    fail: step.fail,
  };
}

/** What the step would run with now. */
export function decide(
  session: Session,
  unit: StepUnit,
): { scope: Scope; env: Record<string, string>; github: Record<string, unknown>; runs: () => boolean } {
  const github = githubOf(session, unit);
  const job = Object.fromEntries(session.environment);
  const env = evaluateTexts(unit.env, stepScope(session, github, job));
  const all = { ...job, ...env };
  return {
    scope: stepScope(session, github, all),
    env,
    github,
    runs: () => holds(unit.condition, stepScope(session, github, all), unit.where),
  };
}

async function work(
  session: Session,
  unit: StepUnit,
  parts: ReturnType<typeof decide> & { state: Record<string, string> },
): Promise<{ outcome: Conclusion; outputs: Record<string, string> }> {
  const stop = watchCancel(session, parts.runs);
  let failed = false;
  const outputs: Record<string, string> = {};
  const fail = (message: string): void => {
    failed = true;
    reportError(session, message);
  };
  const files = await createFileCommands(session.directories.fileCommands, randomUUID());
  const step: RunningStep = {
    ...parts,
    session,
    files,
    outputs,
    signal: stop.signal,
    fail,
    lines: () => createCommandProcessor(effectsOf(session, { outputs, state: parts.state, fail })),
  };
  let code = 1;
  try {
    const minutes = Number(evaluateText(unit.timeoutMinutes, parts.scope));
    const end = await withinTime(session, minutes, stop, () => unit.execute(step));
    code = end.code;
    if (end.timedOut) fail(`The action '${unit.title(parts.scope)}' has timed out after ${minutes} minutes.`);
    else if (code !== 0 && !stop.signal.aborted) fail(`Process completed with exit code ${code}.`);
  } catch (error) {
    fail(messageOf(error));
  }
  await applyFiles(session, step, unit.where);
  const { reason } = stop.signal;
  const cancelled = stop.signal.aborted && (reason === 'cancelled' || endsAtOnce(reason));
  stop.abort('done');
  return { outcome: cancelled ? 'cancelled' : failed ? 'failure' : 'success', outputs };
}

export interface StepEnd {
  readonly outcome: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
  /** `continue-on-error` holds. */
  readonly forgiven: boolean;
}

export type Decided = ReturnType<typeof decide>;

/** Tries a step once. Never rejects. */
export async function attempt(
  session: Session,
  unit: StepUnit,
  state: Record<string, string>,
  decided: () => Decided,
): Promise<StepEnd> {
  try {
    const parts = decided();
    if (!parts.runs()) return { outcome: 'skipped', outputs: {}, forgiven: false };
    const { outcome, outputs } = await work(session, unit, { ...parts, state });
    const forgiven =
      outcome === 'failure' && toText(evaluateText(unit.continueOnError, parts.scope)) === 'true';
    return { outcome, outputs, forgiven };
  } catch (error) {
    reportError(session, messageOf(error));
    return { outcome: 'failure', outputs: {}, forgiven: false };
  }
}
