// One step from its condition to its result: environment, time limit, cancel, file commands.
import { randomUUID } from 'node:crypto';
import { toText } from '../engine/data.js';
import { holds, type Scope } from '../engine/expression.js';
import { messageOf } from '../engine/problem.js';
import { runnerLost } from '../engine/runners.js';
import { evaluateText, evaluateTexts } from '../engine/template.js';
import type { Conclusion } from '../model.js';
import { type CommandEffects, createCommandProcessor } from './command-processor.js';
import { githubOf, stepScope } from './contexts.js';
import { createFileCommands, readFileCommands } from './file-commands.js';
import { addStep, annotate, beginStep, endStep, reportError, type Session } from './session.js';
import { watchCancel, withinTime } from './step-limits.js';
import type { RunningStep, StepUnit } from './step-unit.js';

function effectsOf(session: Session, step: Pick<RunningStep, 'outputs' | 'state' | 'fail'>): CommandEffects {
  return {
    line: (text) => session.log.line(text),
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

async function applyFiles(session: Session, step: RunningStep): Promise<void> {
  const commands = await readFileCommands(step.files);
  for (const [name, value] of commands.environment) session.environment.set(name, value);
  for (const path of commands.paths) session.paths.unshift(path);
  Object.assign(step.outputs, Object.fromEntries(commands.outputs));
  Object.assign(step.state, Object.fromEntries(commands.state));
  if (commands.summary !== '') session.plan.state.summary += session.masks.mask(commands.summary);
  for (const error of commands.errors) {
    // A summary that is too large is reported only; a malformed file fails the step.
    if (error.startsWith('$GITHUB_STEP_SUMMARY')) reportError(session, error);
    else step.fail(error);
  }
}

function decide(
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
  await applyFiles(session, step);
  const cancelled = stop.signal.aborted && ['cancelled', runnerLost].includes(stop.signal.reason);
  stop.abort('done');
  return { outcome: cancelled ? 'cancelled' : failed ? 'failure' : 'success', outputs };
}

/** Runs a step and records its result; the job's status follows. Never rejects. */
export async function runStep(
  session: Session,
  unit: StepUnit,
  state: Record<string, string> = {},
): Promise<void> {
  if (session.plan.lost.aborted) return;
  let outcome: Conclusion = 'failure';
  let outputs: Record<string, string> = {};
  let forgiven = false;
  let shown: ReturnType<typeof addStep> | null = null;
  try {
    const parts = decide(session, unit);
    const title = unit.title(parts.scope);
    shown = unit.listed ? addStep(session, title) : null;
    if (!parts.runs()) {
      outcome = 'skipped';
    } else {
      if (shown !== null) beginStep(session, shown);
      session.log.line(`##[group]${title}`);
      session.log.line('##[endgroup]');
      ({ outcome, outputs } = await work(session, unit, { ...parts, state }));
      forgiven = outcome === 'failure' && toText(evaluateText(unit.continueOnError, parts.scope)) === 'true';
    }
  } catch (error) {
    reportError(session, messageOf(error));
  }
  const conclusion: Conclusion = forgiven ? 'success' : outcome;
  if (shown !== null) endStep(session, shown, conclusion);
  if (unit.id !== '') session.results.set(unit.id, { outcome, conclusion, outputs });
  if (conclusion === 'failure' && session.status === 'success') session.status = 'failure';
  if (conclusion === 'cancelled') session.status = 'cancelled';
}
