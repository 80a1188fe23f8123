// Runs the rolling strategy against a world in memory, on a clock that does not wait.
import { createFakeClock, type FakeClock } from '@headgate/kit/testing/clock';
import type { DeployError } from '../src/errors.js';
import type { HookCalls } from '../src/hooks.js';
import { rollOut } from '../src/rollout.js';
import type { RolloutDeps } from '../src/rollout-request.js';
import type { RolloutResult } from '../src/rollout-result.js';
import { createSteps, type StepRecord } from '../src/steps.js';
import { defaultStrategy, type Strategy } from '../src/strategy.js';
import type { Hand } from '../src/undo.js';
import { digestOf, type FakeWorld, wantedRevision } from './world.js';

export interface Rolled {
  readonly result: RolloutResult | null;
  /** What `rollOut` rejected with. */
  readonly rejected: unknown;
  readonly steps: readonly StepRecord[];
  readonly hands: readonly (Hand | null)[];
  readonly explained: readonly DeployError[];
  /** What was said besides steps. */
  readonly said: readonly string[];
  /** What had been done when the cause was shown. */
  readonly operationsAtCause: number;
}

export const times = {
  healthIntervalMs: 1000,
  healthDeadlineMs: 5000,
  settleMs: 3000,
  drainDeadlineMs: 2000,
};

export interface RollOptions {
  readonly instances?: number;
  readonly revision?: string;
  readonly signal?: AbortSignal;
  readonly beat?: () => Promise<void>;
  readonly strategy?: Strategy;
  readonly keepReleases?: number;
  readonly hooks?: HookCalls;
  /** Who can be asked for numbers or an approval; both are given time. */
  readonly help?: (clock: FakeClock) => Pick<RolloutDeps, 'metrics' | 'approvals'>;
}

export async function roll(world: FakeWorld, options: RollOptions = {}): Promise<Rolled> {
  const { instances = 1, revision = wantedRevision, beat = () => Promise.resolve() } = options;
  const { strategy = defaultStrategy, keepReleases = 1 } = options;
  const clock = createFakeClock();
  const signal = options.signal ?? new AbortController().signal;
  const steps = createSteps({ clock, signal, log: () => undefined, beat });
  const hands: (Hand | null)[] = [];
  const explained: DeployError[] = [];
  const said: string[] = [];
  let operationsAtCause = -1;
  const request = {
    wanted: { revision, instances },
    digest: digestOf(revision),
    times,
    strategy,
    keepReleases,
  };
  const running = rollOut(request, {
    target: world,
    clock,
    signal,
    steps,
    ...(options.hooks === undefined ? {} : { hooks: options.hooks }),
    ...options.help?.(clock),
    say: (line) => said.push(line),
    keep: (hand) => hands.push(hand),
    explain: async (failure) => {
      explained.push(failure);
      operationsAtCause = world.operations.length;
    },
  });
  const [result, rejected] = await running.then(
    (value) => [value, null] as const,
    (error: unknown) => [null, error] as const,
  );
  return { result, rejected, steps: steps.records, hands, explained, said, operationsAtCause };
}
