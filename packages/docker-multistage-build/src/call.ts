// `call`: asks the Dockerfile's frontend instead of building, as buildx does it since 0.15.
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { withStopCommands } from '@headgate/kit/log';
import { code, heading } from '@headgate/kit/summary';
import { isAtLeast } from './builder.js';
import { failure } from './failures.js';
import type { Inputs } from './inputs.js';
import type { BuildPaths } from './workspace.js';

const firstWithCall = [0, 15, 0] as const;

/**
 * Prints the answer and puts it into the summary.
 * @throws ActionError `buildx-too-old`; `build-failed` when the frontend refuses the file, or a check finds something
 */
export async function callFrontend(
  inputs: Inputs,
  { paths, buildxVersion }: { readonly paths: BuildPaths; readonly buildxVersion: string },
  deps: Deps,
): Promise<ActionResult> {
  if (!isAtLeast(buildxVersion, firstWithCall)) {
    throw failure(
      'buildx-too-old',
      `call: ${inputs.call} needs buildx ${firstWithCall.join('.')}, ${buildxVersion} was found.`,
      'Update docker-buildx (docker/setup-buildx-action does it), or remove `call`.',
    );
  }
  const answer = await deps.run(
    { file: 'docker', args: callArguments(inputs, paths), cwd: paths.context },
    { signal: deps.signal, timeoutMs: inputs.deadlineMs },
  );
  const text = `${answer.stdout}${answer.code === 0 ? '' : answer.stderr}`.trim();
  await withStopCommands(
    deps.core,
    async (output) => {
      for (const line of text.split('\n')) output.line(line);
    },
    `Call ${inputs.call}`,
  );
  await deps.core.appendSummary(`${heading(3, `${inputs.call} of ${paths.shownFile}`)}${block(text)}`);
  if (answer.code === 0) return { outputs: {} };
  const last = text.split('\n').at(-1)?.slice(0, 300) ?? '';
  throw failure(
    'build-failed',
    `call: ${inputs.call} of ${paths.shownFile} ended with exit code ${answer.code}: ${last}`,
    'Correct what it names in the Dockerfile.',
  );
}

/** Arguments after `docker`. */
export function callArguments(
  inputs: Inputs,
  paths: Pick<BuildPaths, 'file' | 'context'>,
): readonly string[] {
  const { builder } = inputs.options;
  return [
    'buildx',
    'build',
    ...(builder === '' ? [] : [`--builder=${builder}`]),
    `--call=${inputs.call}`,
    `--file=${paths.file}`,
    ...(inputs.target === '' ? [] : [`--target=${inputs.target}`]),
    ...[...inputs.buildArgs].map(([name, value]) => `--build-arg=${name}=${value}`),
    paths.context,
  ];
}

function block(text: string): string {
  const lines = text.slice(0, 60_000).split('\n');
  return lines.map((line) => `${code(line === '' ? ' ' : line)}<br>\n`).join('');
}
