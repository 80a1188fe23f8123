// The story of mode run: one task beside a service, its log, its exit code, its files.
import { randomBytes } from 'node:crypto';
import type { ActionResult } from '@headgate/kit/action';
import type { Deps } from '@headgate/kit/deps';
import { type ChildOutput, withStopCommands } from '@headgate/kit/log';
import { createRedactor } from '@headgate/kit/secrets';
import { type CollectedFiles, collectFiles } from './collected-files.js';
import { connectHost } from './connection.js';
import { readDelivery } from './delivery.js';
import { DeployError } from './errors.js';
import { type OneOffEnd, runOneOff } from './one-off-run.js';
import { imagesOf, refuseUnsigned } from './signature-gate.js';
import { createSteps, type Steps } from './steps.js';
import type { TaskInputs } from './task-inputs.js';
import { openTaskPlace, prepareTask, type TaskPlace } from './task-place.js';
import { concludeTask } from './task-report.js';

const linesCount = 40;

/** @throws {DeployError | InputError} when the task was not run, or nobody knows how it ended */
export async function runTask(inputs: TaskInputs, deps: Deps): Promise<ActionResult> {
  const { source } = inputs;
  const delivery =
    source === null ? null : await readDelivery({ ...inputs, source, tests: [], hooks: [] }, deps);
  if (delivery !== null) await refuseUnsigned(imagesOf(delivery), inputs, deps);
  const transport = connectHost(inputs.host, deps);
  try {
    const place = await openTaskPlace(inputs, deps, { given: delivery?.image ?? null, transport });
    return await runAt(place, inputs, deps);
  } finally {
    await transport.close();
  }
}

async function runAt(place: TaskPlace, inputs: TaskInputs, deps: Deps): Promise<ActionResult> {
  const { clock, signal, core } = deps;
  const steps = createSteps({
    clock,
    signal,
    log: (line) => core.info(line),
    beat: () => Promise.resolve(),
  });
  // A step that is killed leaves its container to the post step.
  core.saveState('task', 'running');
  await steps.run('prepare', '', () => prepareTask(place, inputs, deps));
  const done = await attended({ inputs, deps, place, steps });
  if (!signal.aborted) core.saveState('task', '');
  return concludeTask({ inputs, deps, steps, image: place.image, ...done });
}

interface TaskStory {
  readonly inputs: TaskInputs;
  readonly deps: Deps;
  readonly place: TaskPlace;
  readonly steps: Steps;
}

interface FinishedTask {
  readonly end: OneOffEnd;
  /** Null when no files were asked for; why, when they were refused. */
  readonly collected: CollectedFiles | DeployError | null;
  /** The last log lines, with secrets: hostile text. */
  readonly lines: readonly string[];
}

async function attended({ inputs, deps, place, steps }: TaskStory): Promise<FinishedTask> {
  const { task, stopGrace: stopGraceMs } = inputs;
  const { core, clock, signal } = deps;
  const { redact } = createRedactor(inputs.deploySecrets.values);
  const lines: string[] = [];
  let collected: CollectedFiles | DeployError | null = null;
  const parent = deps.env['RUNNER_TEMP'] || deps.temporary;
  const collect = async (id: string): Promise<void> => {
    if (task.files.length > 0)
      collected = await collectFiles(id, task.files, { engine: place.engine, signal, parent }).catch(
        orRefusal,
      );
  };
  const work = (output: ChildOutput): Promise<OneOffEnd> =>
    runOneOff(
      { ...task, kind: 'task', image: place.image.id },
      {
        place,
        clock,
        signal,
        stopGraceMs,
        collect,
        beat: () => Promise.resolve(),
        unique: () => randomBytes(3).toString('hex'),
        onLine: (line) => {
          output.line(redact(line));
          lines.push(line);
          if (lines.length > linesCount) lines.shift();
        },
      },
    );
  core.info(`task ${task.name} runs in ${place.image.name}, at most ${task.deadlineMs / 1000} s`);
  const show = (): Promise<OneOffEnd> => withStopCommands(core, work, `Log of the task ${task.name}`);
  const end = await steps.run('run', task.name, show, describeEnd);
  return { end, collected, lines };
}

/** An exit code is known then, and counts whatever is wrong with the files. */
function orRefusal(error: unknown): DeployError {
  if (error instanceof DeployError && error.code === 'files-refused') return error;
  throw error;
}

function describeEnd({ ended, seenAfterMs }: OneOffEnd): string {
  if (ended === null) return 'stopped at its deadline';
  return `exit code ${ended.exitCode}, seen ${Math.max(seenAfterMs, 0) / 1000} s after its end`;
}
