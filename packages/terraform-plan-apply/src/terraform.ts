// Terraform or OpenTofu on one directory and workspace: the commands this action needs, and nothing more.
import { mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Deps } from '@headgate/kit/deps';
import { findTool } from '@headgate/kit/tools';
import { askTool, openOutputs, readState } from './answers.js';
import { childEnvironmentOf } from './child-environment.js';
import { type CommandSetting, showLog } from './command.js';
import type { Inputs } from './inputs.js';
import type { KnownSecrets } from './known-secrets.js';
import type { LockInfo } from './lock-info.js';
import type { PlanDocument } from './plan-document.js';
import type { StateIdentity } from './plan-file.js';
import { applyPlan, initialise, makePlan, probeLock, readPlan, type Tooling } from './terraform-commands.js';

export interface Terraform {
  /** `Terraform 1.11.4` */
  readonly name: string;
  init(): Promise<void>;
  /** Writes the plan; whether it changes anything. Its output is shown by `showLog`, once secrets are known. */
  plan(planFile: string): Promise<boolean>;
  /** Prints the output of `plan`. */
  showPlanLog(): Promise<void>;
  read(planFile: string): Promise<PlanDocument>;
  state(): Promise<StateIdentity>;
  apply(planFile: string): Promise<void>;
  /** Values of the root outputs that are not sensitive. */
  outputs(): Promise<Readonly<Record<string, unknown>>>;
  /** Takes the lock and gives it back; who holds it when that fails. */
  probeLock(): Promise<LockInfo | null>;
  /** Removes the logs. */
  close(): void;
}

const names = { terraform: 'Terraform', tofu: 'OpenTofu' } as const;
const minimum = { terraform: '1.4.0', tofu: '1.6.0' } as const;

/** @throws {ActionError} `tool-missing`, `tool-too-old`, `secrets-missing`, `directory-missing` */
export async function openTerraform(
  inputs: Inputs,
  directory: string,
  { deps, secrets }: { readonly deps: Deps; readonly secrets: KnownSecrets },
): Promise<Terraform> {
  const spec = {
    versionArgs: ['version', '-json'],
    parse: (text: string) => /"terraform_version":\s*"([^"]+)"/.exec(text)?.[1] ?? null,
    minimum: minimum[inputs.tool],
  };
  const tool = await findTool(inputs.tool, spec, deps);
  const name = `${names[inputs.tool]} ${tool.version}`;
  deps.core.info(`${name} on ${inputs.directory}, workspace ${inputs.workspace}`);
  const folder = mkdtempSync(join(dirname(deps.temporary), 'headgate-terraform-'));
  const setting: CommandSetting = {
    tool: inputs.tool,
    directory,
    shownDirectory: inputs.directory,
    env: childEnvironmentOf(inputs, deps),
    folder,
    secrets,
    deadlineMs: inputs.deadline,
    graceMs: inputs.cancelWait,
  };
  return {
    name,
    ...commandsOf({ inputs, setting, deps }),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function commandsOf(tooling: Tooling): Omit<Terraform, 'name' | 'close'> {
  const { setting, deps } = tooling;
  const { tool, secrets } = setting;
  let planLog = '';
  return {
    init: () => initialise(tooling),
    async plan(planFile) {
      const { code, logFile } = await makePlan(tooling, planFile);
      planLog = logFile;
      return code === 2;
    },
    showPlanLog: () => showLog(planLog, `${tool} plan`, { core: deps.core, secrets }),
    read: (planFile) => readPlan(tooling, planFile),
    state: async () => readState(await askTool(setting, ['state', 'pull'], deps)),
    apply: (planFile) => applyPlan(tooling, planFile),
    outputs: async () => openOutputs(await askTool(setting, ['output', '-json', '-no-color'], deps)),
    probeLock: () => probeLock(tooling),
  };
}
