// The smoke test: each finished artifact is handed to a command, and one failure fails them all by name.
import { join, resolve } from 'node:path';
import type { Deps } from '@headgate/kit/deps';
import { ActionError } from '@headgate/kit/errors';
import { withStopCommands } from '@headgate/kit/log';
import type { MachineImagePart, TestPart } from '@headgate/kit/record-parts';
import { createRedactor } from '@headgate/kit/secrets';
import { failure } from './failures.js';
import type { Inputs } from './inputs.js';
import { type Argv, fillIn } from './smoke-command.js';

const graceMs = 5000;

/** Some image failed its test; carries all of them for the record. */
export class SmokeFailure extends ActionError {
  readonly tests: readonly TestPart[];

  constructor(tests: readonly TestPart[]) {
    const failed = tests.filter(({ outcome }) => outcome === 'failed');
    const names = failed.map(({ name, detail }) => `${name}: ${detail}`).join('; ');
    super(
      failure(
        'smoke-failed',
        `every smoke test was expected to pass; ${names}`,
        'See its output above; remove the image it left behind.',
      ),
    );
    this.tests = tests;
  }
}

/** The tests behind a failure, if that is what failed. */
export function testsOf(error: ActionError): readonly TestPart[] {
  return error instanceof SmokeFailure ? error.tests : [];
}

export interface SmokeDeps {
  readonly inputs: Inputs;
  readonly directory: string;
  readonly deps: Deps;
}

/** Tests every image that has a command, in order; images that are nothing (the null builder) have none. */
export async function smokeTest(
  images: readonly MachineImagePart[],
  given: SmokeDeps,
): Promise<readonly TestPart[]> {
  const tests: TestPart[] = [];
  for (const [index, image] of images.entries()) {
    const argv = commandFor(image, given.inputs);
    if (argv !== null) tests.push(await testOne(image, { argv, index, ...given }));
  }
  return tests;
}

function commandFor({ builder, type }: MachineImagePart, { smoke }: Inputs): Argv | null {
  const own = [...smoke.each].find(([name]) => builder === name || builder.endsWith(`.${name}`));
  if (own !== undefined) return own[1];
  return type === 'null' ? null : smoke.all;
}

interface OneTest extends SmokeDeps {
  readonly argv: Argv;
  readonly index: number;
}

async function testOne(
  image: MachineImagePart,
  { argv, index, inputs, directory, deps }: OneTest,
): Promise<TestPart> {
  const { builder, region, id, files } = image;
  const file = files[0] === undefined ? '' : resolve(directory, files[0].path);
  const [command, ...args] = fillIn(argv, { id, file, region, builder });
  const { redact } = createRedactor(inputs.buildSecrets.values);
  const result = await withStopCommands(
    deps.core,
    (output) =>
      deps.start(
        {
          file: command,
          args,
          cwd: directory,
          env: {
            HEADGATE_BUILDER: builder,
            HEADGATE_IMAGE_ID: id,
            HEADGATE_IMAGE_FILE: file,
            HEADGATE_IMAGE_REGION: region,
          },
          logFile: join(deps.temporary, `smoke-${index}.log`),
          stopSignal: 'SIGTERM',
          deadlineMs: inputs.smokeDeadlineMs,
          graceMs,
          onLine: (line) => output.line(redact(line)),
        },
        deps.signal,
      ),
    `smoke test of ${builder}`,
  );
  if (result.stopped === 'cancelled') deps.signal.throwIfAborted();
  const passed = result.code === 0 && result.stopped === null;
  const why =
    result.stopped === 'deadline'
      ? 'it took longer than smoke-deadline'
      : `it ended with ${result.code ?? result.signal}`;
  return {
    name: `smoke ${builder}`,
    stage: 'machine-images',
    outcome: passed ? 'passed' : 'failed',
    detail: passed ? '' : why,
  };
}
