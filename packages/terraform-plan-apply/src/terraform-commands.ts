// The tool's commands that are logged and judged, one function each.
import type { Deps } from '@headgate/kit/deps';
import { type CommandSetting, type FinishedCommand, judge, runTool } from './command.js';
import { backendArguments, variableArguments } from './input-files.js';
import type { Inputs } from './inputs.js';
import { type LockInfo, parseLock } from './lock-info.js';
import { type PlanDocument, readPlanDocument } from './plan-document.js';

export interface Tooling {
  readonly inputs: Inputs;
  readonly setting: CommandSetting;
  readonly deps: Deps;
}

/**
 * A workspace that does not exist yet is made by the first apply; until then the tool starts from the default one.
 * Measured with 1.11.4: init refuses a new TF_WORKSPACE as soon as the backend has another, plan and apply take it.
 */
export async function initialise({ inputs, setting, deps }: Tooling): Promise<void> {
  const what = `${setting.tool} init`;
  const args = ['init', '-input=false', '-no-color', '-reconfigure', ...backendArguments(inputs, deps)];
  const first = await runTool(setting, { args, title: what }, deps);
  const isNew = first.code === 1 && /selected workspace "[^"]*" does not\s+exist/.test(first.tail);
  const { TF_WORKSPACE: _, ...env } = setting.env;
  const again = { args, title: `${what} (the workspace is new)` };
  const result = isNew ? await runTool({ ...setting, env }, again, deps) : first;
  const hint = 'See that the backend and the providers can be reached, and that credentials are passed on.';
  judge(result, setting, { code: 'init-failed', what, deadline: 'plan-deadline', hint, good: [0] });
}

/** Writes the plan; exit code 2 means that it changes something. Nothing is shown: its secrets are not known yet. */
export async function makePlan(
  { inputs, setting, deps }: Tooling,
  planFile: string,
): Promise<FinishedCommand> {
  const what = `${setting.tool} plan`;
  const given = ['-input=false', '-no-color', '-detailed-exitcode', `-out=${planFile}`];
  const args = ['plan', ...given, ...lockArguments(inputs), ...variableArguments(inputs, deps)];
  const result = await runTool(setting, { args, title: null, holdsLock: true }, deps);
  const hint = 'Correct the configuration or the variables named in the error.';
  const good = [0, 2];
  judge(result, setting, { code: 'plan-failed', what, deadline: 'plan-deadline', hint, good });
  return result;
}

export async function readPlan({ setting, deps }: Tooling, planFile: string): Promise<PlanDocument> {
  const what = `${setting.tool} show`;
  const result = await runTool(setting, { args: ['show', '-json', planFile], title: null }, deps);
  const hint = 'See that the plan was made by the same version of the tool.';
  const good = [0];
  judge(result, setting, { code: 'plan-unreadable', what, deadline: 'plan-deadline', hint, good });
  return readPlanDocument(result.logFile);
}

export async function applyPlan({ inputs, setting, deps }: Tooling, planFile: string): Promise<void> {
  const what = `${setting.tool} apply`;
  const args = ['apply', '-input=false', '-no-color', ...lockArguments(inputs), planFile];
  const result = await runTool(setting, { args, title: what, holdsLock: true }, deps);
  const hint = 'Read the log; what was done is in the state: plan again, and have the rest approved.';
  judge(result, setting, { code: 'apply-failed', what, deadline: 'apply-deadline', hint, good: [0] });
}

/** Takes the lock and gives it back, also after a cancellation; who holds it when that fails. */
export async function probeLock({ setting, deps }: Tooling): Promise<LockInfo | null> {
  // Touches no resource: marks one that does not exist as sound, which is allowed to be missing.
  const resource = 'terraform_data.headgate_lock_probe';
  const args = ['untaint', '-no-color', '-allow-missing', '-lock-timeout=10s', resource];
  const { signal } = new AbortController();
  return parseLock((await runTool(setting, { args, title: null }, { ...deps, signal })).tail);
}

function lockArguments({ lock, lockTimeout }: Inputs): readonly string[] {
  return [`-lock=${lock}`, `-lock-timeout=${Math.ceil(lockTimeout / 1000)}s`];
}
