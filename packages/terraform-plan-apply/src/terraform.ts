// Terraform or OpenTofu on one directory and workspace: the commands this action needs, and nothing more.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Deps } from '@headgate/kit/deps';
import { requireSecret } from '@headgate/kit/secrets';
import { findTool } from '@headgate/kit/tools';
import { type CommandSetting, judge, runTool, showLog } from './command.js';
import { failure } from './failures.js';
import type { Inputs } from './inputs.js';
import type { KnownSecrets } from './known-secrets.js';
import { type LockInfo, parseLock } from './lock-info.js';
import { insideWorkspace } from './places.js';
import { type PlanDocument, readPlanDocument } from './plan-document.js';
import { readIdentity, type StateIdentity } from './plan-file.js';
import { secretVariables } from './variables.js';

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
const maxAnswerBytes = 256 * 1024 * 1024;
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
    env: childEnvironmentOf(inputs, deps),
    folder,
    secrets,
    deadlineMs: inputs.deadline,
    graceMs: inputs.cancelWait,
  };
  const lock = [`-lock=${inputs.lock}`, `-lock-timeout=${Math.ceil(inputs.lockTimeout / 1000)}s`];
  const commands = createCommands({ inputs, setting, deps, lock });
  return { name, ...commands, close: () => rmSync(folder, { recursive: true, force: true }) };
}

interface Tooling {
  readonly inputs: Inputs;
  readonly setting: CommandSetting;
  readonly deps: Deps;
  readonly lock: readonly string[];
}

function createCommands({ inputs, setting, deps, lock }: Tooling): Omit<Terraform, 'name' | 'close'> {
  const { tool, secrets } = setting;
  let planLog = '';
  /** Its standard output alone; what may hold secrets never reaches a disk. */
  const answerOf = async (args: readonly string[]): Promise<string> => {
    const { directory: cwd, env, deadlineMs: timeoutMs } = setting;
    const options = { signal: deps.signal, timeoutMs, maxBytes: maxAnswerBytes };
    const { code, stdout, stderr } = await deps.run({ file: tool, args, cwd, env }, options);
    if (code === 0) return stdout;
    throw failure('state-unreadable', {
      message: `${tool} ${args[0]} was expected to succeed, it ended with ${code}: ${secrets.redact(stderr.trim().slice(0, 400))}`,
      hint: 'See that the backend can be reached with the credentials passed on.',
    });
  };
  return {
    async init() {
      const args = ['init', '-input=false', '-no-color', '-reconfigure', ...backendArguments(inputs, deps)];
      const result = await runTool(setting, { args, title: `${tool} init` }, deps);
      const hint =
        'See that the backend and the providers can be reached, and that credentials are passed on.';
      judge(result, secrets, {
        code: 'init-failed',
        what: `${tool} init`,
        deadline: 'plan-deadline',
        hint,
        good: [0],
      });
    },
    async plan(planFile) {
      const given = ['-input=false', '-no-color', '-detailed-exitcode', `-out=${planFile}`];
      const args = ['plan', ...given, ...lock, ...variableArguments(inputs, deps)];
      const result = await runTool(setting, { args, title: null, holdsLock: true }, deps);
      planLog = result.logFile;
      const hint = 'Correct the configuration or the variables named in the error.';
      judge(result, secrets, {
        code: 'plan-failed',
        what: `${tool} plan`,
        deadline: 'plan-deadline',
        hint,
        good: [0, 2],
      });
      return result.code === 2;
    },
    showPlanLog: () => showLog(planLog, `${tool} plan`, { core: deps.core, secrets }),
    async read(planFile) {
      const result = await runTool(setting, { args: ['show', '-json', planFile], title: null }, deps);
      const hint = 'See that the plan was made by the same version of the tool.';
      judge(result, secrets, {
        code: 'plan-unreadable',
        what: `${tool} show`,
        deadline: 'plan-deadline',
        hint,
        good: [0],
      });
      return readPlanDocument(result.logFile);
    },
    async state() {
      return readState(await answerOf(['state', 'pull']));
    },
    async apply(planFile) {
      const args = ['apply', '-input=false', '-no-color', ...lock, planFile];
      const result = await runTool(setting, { args, title: `${tool} apply`, holdsLock: true }, deps);
      const hint = 'Read the log; what was done is in the state: plan again, and have the rest approved.';
      judge(result, secrets, {
        code: 'apply-failed',
        what: `${tool} apply`,
        deadline: 'apply-deadline',
        hint,
        good: [0],
      });
    },
    async outputs() {
      return openOutputs(await answerOf(['output', '-json', '-no-color']));
    },
    async probeLock() {
      // Touches no resource: marks one that does not exist as sound, which is allowed to be missing.
      const args = [
        'untaint',
        '-no-color',
        '-allow-missing',
        '-lock-timeout=10s',
        'terraform_data.headgate_lock_probe',
      ];
      const result = await runTool(
        setting,
        { args, title: null },
        { ...deps, signal: new AbortController().signal },
      );
      return parseLock(result.tail);
    },
  };
}

function childEnvironmentOf(inputs: Inputs, deps: Deps): Record<string, string> {
  const passed = inputs.passEnvironment.flatMap((name) => {
    const value = deps.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const secret = [...inputs.secretEnvironment].map(
    ([name, member]) =>
      [name, requireSecret(inputs.deploySecrets, 'environment', member, 'deploy-secrets')] as const,
  );
  return {
    ...Object.fromEntries([...passed, ...secret]),
    ...secretVariables(inputs.variables, inputs.deploySecrets),
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    CHECKPOINT_DISABLE: '1',
    ...(inputs.workspace === 'default' ? {} : { TF_WORKSPACE: inputs.workspace }),
  };
}

/** Through a file: what is in argv can be read by every process of the machine. */
function backendArguments({ backendConfig }: Inputs, { temporary }: Deps): readonly string[] {
  if (backendConfig.size === 0) return [];
  const file = join(temporary, 'headgate.tfbackend');
  const literal = (value: string): string => JSON.stringify(value).replace(/[$%](?=\{)/g, '$&$&');
  const lines = [...backendConfig].map(([name, value]) => `${name} = ${literal(value)}\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  return [`-backend-config=${file}`];
}

/** Variables of the input come last and so win over files. */
function variableArguments({ varFiles, variables }: Inputs, { context, temporary }: Deps): readonly string[] {
  const files = varFiles.map((path) =>
    insideWorkspace(context.workspace, path, { input: 'var-files', kind: 'file' }),
  );
  if (Object.keys(variables.plain).length > 0) {
    const file = join(temporary, 'headgate.tfvars.json');
    writeFileSync(file, JSON.stringify(variables.plain), { mode: 0o600 });
    files.push(file);
  }
  return files.map((file) => `-var-file=${file}`);
}

function readState(text: string): StateIdentity {
  try {
    return readIdentity(text);
  } catch (cause) {
    throw failure('state-unreadable', {
      message: `the state was expected with serial and lineage: ${cause instanceof SyntaxError ? 'it is not JSON' : String(cause)}`,
      hint: 'Run `state pull` by hand, with the same backend.',
      cause,
    });
  }
}

function openOutputs(text: string): Readonly<Record<string, unknown>> {
  const document = JSON.parse(text) as Readonly<Record<string, { sensitive?: boolean; value?: unknown }>>;
  return Object.fromEntries(
    Object.entries(document)
      .filter(([, { sensitive }]) => sensitive === false)
      .map(([name, { value }]) => [name, value]),
  );
}
