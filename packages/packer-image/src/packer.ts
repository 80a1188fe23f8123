// Packer itself: its arguments, its environment, and one call of it, shown line by line.
import { join } from 'node:path';
import { markChild } from '@headgate/kit/child-watch';
import type { Deps } from '@headgate/kit/deps';
import { withStopCommands } from '@headgate/kit/log';
import type { LongResult } from '@headgate/kit/process';
import { createRedactor, requireSecret } from '@headgate/kit/secrets';
import { compareVersions, findTool, type Tool } from '@headgate/kit/tools';
import { markText } from './aftermath.js';
import { failure } from './failures.js';
import type { Inputs } from './inputs.js';
import { createStream, type Stream } from './stream.js';

export type Step = 'init' | 'validate' | 'build';

export interface PackerCall {
  readonly result: LongResult;
  readonly stream: Stream;
}

export interface Packer {
  readonly version: string;
  /** Whether `packer init` is there and this template can use it. */
  readonly hasInit: boolean;
  /** Runs one step; a failure of packer is a result. Cancelling and the deadline throw. */
  call(step: Step): Promise<PackerCall>;
}

/** Packer cancels and cleans up after one SIGTERM to its outer process; a cloud instance takes minutes to go. */
const graceMs = 5 * 60_000;

export function argumentsOf(step: Step, inputs: Inputs): readonly string[] {
  if (step === 'init') return ['init', inputs.template];
  const shared = [
    ...inputs.varFiles.map((file) => `-var-file=${file}`),
    ...[...inputs.variables].flatMap(([name, value]) => ['-var', `${name}=${value}`]),
    ...(inputs.only.length > 0 ? [`-only=${inputs.only.join(',')}`] : []),
    ...(inputs.except.length > 0 ? [`-except=${inputs.except.join(',')}`] : []),
  ];
  if (step === 'validate') return ['validate', '-machine-readable', ...shared, inputs.template];
  const how = [`-on-error=${inputs.onError}`, `-parallel-builds=${inputs.parallelBuilds}`];
  const shown = ['-machine-readable', '-color=false', '-timestamp-ui=false'];
  return ['build', ...shown, ...how, ...shared, inputs.template];
}

/** @throws {ActionError} `secrets-missing` naming the member. */
export function environmentOf(inputs: Inputs, env: Deps['env']): Readonly<Record<string, string>> {
  const passed = inputs.environment.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const secrets = [...inputs.secrets].map(
    ([variable, name]) =>
      [`PKR_VAR_${variable}`, requireSecret(inputs.buildSecrets, 'build', name, 'build-secrets')] as const,
  );
  // No call home about versions: it would cost time and a connection nobody asked for.
  return { CHECKPOINT_DISABLE: '1', ...Object.fromEntries(passed), ...Object.fromEntries(secrets) };
}

/** @throws {ActionError} `tool-missing`, `tool-too-old`, `secrets-missing`. */
export async function findPacker(inputs: Inputs, directory: string, deps: Deps): Promise<Packer> {
  const env = environmentOf(inputs, deps.env);
  const tool = await findTool('packer', toolSpec, deps);
  const end = deps.clock.now() + inputs.deadlineMs;
  const { redact } = createRedactor(inputs.buildSecrets.values);
  return {
    version: tool.version,
    hasInit: hasInit(tool, inputs.template),
    call: async (step) => {
      const stream = createStream();
      const command = {
        file: tool.file,
        args: argumentsOf(step, inputs),
        cwd: directory,
        env,
        logFile: join(deps.temporary, `packer-${step}.log`),
        stopSignal: 'SIGTERM' as const,
        deadlineMs: Math.max(1, end - deps.clock.now()),
        graceMs,
        onStart: (pid: number) => deps.core.saveState('child', markText(markChild(pid))),
      };
      const result = await withStopCommands(
        deps.core,
        (output) => {
          const onLine = (line: string): void => {
            const shown = stream.take(line);
            if (shown !== '') for (const each of redact(shown).split('\n')) output.line(each);
          };
          return deps.start({ ...command, onLine }, deps.signal);
        },
        `packer ${step}`,
      );
      deps.core.saveState('child', '');
      if (result.stopped === 'cancelled') deps.signal.throwIfAborted();
      if (result.stopped === 'deadline') throw late(step);
      return { result, stream };
    },
  };
}

const toolSpec = {
  versionArgs: ['version'],
  parse: (output: string) => /Packer v(\d+\.\d+\.\d+[^\s]*)/.exec(output)?.[1] ?? null,
  minimum: '1.6.0',
};

/** JSON templates have no required_plugins block. */
function hasInit({ version }: Tool, template: string): boolean {
  return compareVersions(version, '1.7.0') >= 0 && !/(?<!\.pkr)\.json$/.test(template);
}

function late(step: Step): Error {
  return failure(
    'build-deadline',
    `packer ${step} was expected to end within the deadline, and was told to stop`,
    'Raise deadline, or find what hangs; see whether packer cleaned up before the job ended.',
  );
}
