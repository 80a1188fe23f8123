// Runs the tests of a deployment one after the other, each in a container of its own that is gone afterwards.
import type { Clock } from '@headgate/kit/clock';
import type { Core } from '@headgate/kit/deps';
import { withStopCommands } from '@headgate/kit/log';
import type { TestPart } from '@headgate/kit/record-parts';
import type { PlannedTest } from './delivery.js';
import type { Container } from './engine-answers.js';
import { asDeployError, DeployError } from './errors.js';
import type { Steps } from './steps.js';
import { createTest, removeTests, type TestPlace } from './test-container.js';
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
  readonly place: TestPlace;
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

const intervalMs = 250;
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
  const { engine } = deps.place;
  const id = await createTest(test, deps.place, deps.unique());
  try {
    await engine.start(id);
    deps.core.info(`test ${test.name} runs in ${test.image.reference}, at most ${test.deadlineMs / 1000} s`);
    const ended = await waitForEnd(id, test, deps);
    const lines = await lastLines(id, deps);
    await show(test, lines, deps);
    return { test: judgeTest(test, ended, lines), lines };
  } catch (error) {
    // A command that the image does not have: the test's own fault, and no reason to leave the others out.
    if (!(error instanceof DeployError) || error.code !== 'instance-exited') throw error;
    return { test: notRun(test.name, deps.redact(error.message)), lines: [] };
  } finally {
    // The engine answers a removal that it cannot do; then the next deployment of the service removes it.
    await engine.remove(id).catch(() => undefined);
  }
}

async function lastLines(id: string, { place, redact }: TestDeps): Promise<readonly string[]> {
  const lines = await place.engine.logs(id, linesCount);
  // As one text: a secret may have several lines.
  return lines.length === 0 ? [] : redact(lines.join('\n')).split('\n');
}

/** Null at the deadline. */
async function waitForEnd(id: string, test: PlannedTest, deps: TestDeps): Promise<Container | null> {
  const { place, clock, signal, beat } = deps;
  const began = clock.now();
  for (;;) {
    const seen = await place.engine.inspect(id);
    if (seen === null) throw gone(test);
    if (!seen.running) return seen;
    if (clock.now() - began >= test.deadlineMs) return null;
    await beat();
    await clock.sleep(intervalMs, signal);
  }
}

async function show({ name }: PlannedTest, lines: readonly string[], { core }: TestDeps): Promise<void> {
  const print = async ({ line }: { line: (text: string) => void }): Promise<void> => lines.forEach(line);
  await withStopCommands(core, print, `Last log lines of the test ${name}`);
}

function gone({ name }: PlannedTest): DeployError {
  return new DeployError({
    code: 'engine-refused',
    message: `the container of the test ${name} was gone before it ended`,
    hint: 'Find out who else removes containers on this host.',
  });
}
