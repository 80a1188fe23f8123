// `run:` steps: the script in a file, the shell as GitHub calls it.
import { randomUUID } from 'node:crypto';
import { access, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Scope } from '../engine/expression.js';
import { problem } from '../engine/problem.js';
import { childOf, evaluateText, type Template } from '../engine/template.js';
import type { StepDefinition } from '../engine/workflow-model.js';
import { runChild } from './child.js';
import { processEnvironment } from './process-environment.js';
import type { Session } from './session.js';
import type { RunningStep } from './step-unit.js';

/** Source: docs.github.com, "Workflow syntax", `jobs.<job_id>.steps[*].shell`. */
const shells: Readonly<Record<string, readonly string[]>> = {
  '': ['bash', '-e', '{0}'],
  bash: ['bash', '--noprofile', '--norc', '-eo', 'pipefail', '{0}'],
  sh: ['sh', '-e', '{0}'],
  python: ['python3', '{0}'],
};

/** Words of a command; what stands in double quotes is one. */
function wordsOf(command: string): readonly string[] {
  const words = command.match(/(?:[^\s"]|"[^"]*")+/gu) ?? [];
  return words.map((word) => word.replaceAll('"', ''));
}

/** The argv of a shell setting; `{0}` in it is the script's path. */
export function shellCommand(shell: string, script: string): readonly string[] {
  const known = shells[shell] ?? (shell.includes('{0}') ? wordsOf(shell) : undefined);
  if (known === undefined) {
    throw problem(
      'unsupported-feature',
      `the shell ${shell} is not supported by the rehearsal`,
      'Use bash, sh, python or a command with {0}.',
    );
  }
  return known.map((part) => part.replaceAll('{0}', script));
}

type Script = Extract<StepDefinition['action'], { kind: 'run' }>;

/**
 * The setting of the step, else of the job's, else of the workflow's `defaults.run`; a composite action's steps have
 * their own alone. Source: `ScriptHandler` of actions/runner.
 */
function setting(
  session: Session,
  own: Template | null,
  name: 'shell' | 'working-directory',
): Template | null {
  const { job, workflowDefaults } = session.plan;
  const from = (defaults: Template | null): Template | null => childOf(childOf(defaults, 'run'), name);
  return own ?? (session.depth > 0 ? null : (from(job.defaults) ?? from(workflowDefaults)));
}

/** Runs the script; its exit code. */
export async function runScript(step: RunningStep, action: Script): Promise<number> {
  const { session, scope } = step;
  const text = evaluateText(action.script, scope);
  const shell = evaluateText(setting(session, action.shell, 'shell'), scope);
  const directory = evaluateText(setting(session, action.directory, 'working-directory'), scope);
  const folder = resolve(session.directories.workspace, directory);
  await access(folder).catch((error: unknown) => {
    throw problem(
      'step-failed',
      `the working directory ${folder} does not exist`,
      'Correct `working-directory`, or check the repository out first.',
      error,
    );
  });
  const file = join(session.directories.temporary, `${randomUUID()}.sh`);
  await writeFile(file, `${text.replaceAll('\r\n', '\n')}\n`, { mode: 0o600 });
  const [command = 'bash', ...args] = shellCommand(shell, file);
  return runChild({
    file: command,
    args,
    cwd: folder,
    env: processEnvironment(session, { ...step, step: step.env, extra: {} }),
    clock: session.options.clock,
    signal: step.signal,
    onLine: step.lines(),
  });
}

/** The first line of the script, as GitHub names a step without a name. */
export function scriptTitle(action: Script, scope: Scope): string {
  return `Run ${evaluateText(action.script, scope).trim().split('\n')[0] ?? ''}`;
}
