// Runs the tests of a deployment one after the other, each in a container of its own that is gone afterwards.
import type { Clock } from '@headgate/kit/clock';
import type { Core } from '@headgate/kit/deps';
import { type ChildOutput, withStopCommands } from '@headgate/kit/log';
import type { TestPart } from '@headgate/kit/record-parts';
import type { PlannedTest } from './delivery.js';
import { asDeployError, DeployError } from './errors.js';
import type { OneOffPlace } from './one-off.js';
import { removeTests } from './one-off-labels.js';
import { type OneOffEnd, runOneOff } from './one-off-run.js';
import type { Steps } from './steps.js';
import { inShort, judgeTest, notRun, testFailed } from './test-verdict.js';

export interface TestedPart {
  readonly test: TestPart;
  /** The container's last log lines, without secrets: hostile text. */
  readonly lines: readonly string[];
}

export interface Tested {
  readonly parts: readonly TestedPart[];
  /** Why not everything was tested, or that a test failed; null when all is well. */
  readonly failure: DeployError | null;
}

export interface TestDeps {
  readonly place: OneOffPlace;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly steps: Steps;
  readonly core: Pick<Core, 'info' | 'warning' | 'startGroup' | 'endGroup'>;
  /** Keeps the host's lock alive while a test runs. */
  readonly beat: () => Promise<void>;
  readonly redact: (text: string) => string;
  /** Part of a container's name that no other has. */
  readonly unique: () => string;
}

export const untested: Tested = { parts: [], failure: null };

const linesCount = 40;

/** Runs all of them, also after one failed; a cancel ends them. Never rejects. */
export async function runTests(tests: readonly PlannedTest[], deps: TestDeps): Promise<Tested> {
  await sweep(deps);
  const parts: TestedPart[] = [];
  for (const test of tests) {
    try {
      parts.push(
        await deps.steps.run(
          'test',
          test.name,
          () => runTest(test, deps),
          ({ test: part }) => `${part.outcome}, ${inShort(part)}`,
        ),
      );
    } catch (error) {
      // Also what was made by a call whose answer was lost.
      await removeTests(deps.place.engine, deps.place.identity, deps.place.run).catch(() => undefined);
      const failure = asDeployError(error, 'engine-refused', `the test ${test.name} could not be run`);
      return {
        parts: [...parts, { test: notRun(test.name, deps.redact(failure.message)), lines: [] }],
        failure,
      };
    }
  }
  const failed = parts.filter(({ test }) => test.outcome === 'failed').map(({ test }) => test);
  return { parts, failure: failed.length === 0 ? null : testFailed(failed) };
}

/** What a lost run left under the lock that is ours now; not a reason to fail. */
async function sweep({ place, core }: TestDeps): Promise<void> {
  try {
    const left = await removeTests(place.engine, place.identity);
    if (left > 0) core.warning(`${left} test containers of a former run were left and are removed`);
  } catch (error) {
    core.warning(`test containers of former runs could not be looked for: ${String(error)}`);
  }
}

async function runTest(test: PlannedTest, deps: TestDeps): Promise<TestedPart> {
  const { core, redact } = deps;
  const last: string[] = [];
  const { name, image, deadlineMs } = test;
  core.info(`test ${name} runs in ${image.reference}, at most ${deadlineMs / 1000} s`);
  const show = (output: ChildOutput): Promise<OneOffEnd> => {
    const onLine = (line: string): void => {
      output.line(redact(line));
      last.push(line);
      if (last.length > linesCount) last.shift();
    };
    // Killed at its end: a test has nothing to bring to an end.
    return runOneOff({ ...test, kind: 'test', image: image.reference }, { ...deps, onLine, stopGraceMs: 0 });
  };
  try {
    const { ended } = await withStopCommands(core, show, `Log of the test ${name}`);
    const lines = redacted(last, redact);
    return { test: judgeTest(test, ended, lines), lines };
  } catch (error) {
    // A command that the image does not have: the test's own fault, and no reason to leave the others out.
    if (!(error instanceof DeployError) || error.code !== 'cannot-run') throw error;
    return { test: notRun(name, redact(error.message)), lines: [] };
  }
}

/** As one text: a secret may have several lines. */
function redacted(lines: readonly string[], redact: (text: string) => string): readonly string[] {
  return lines.length === 0 ? [] : redact(lines.join('\n')).split('\n');
}
