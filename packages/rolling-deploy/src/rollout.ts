// The rolling strategy: one instance at a time, undone by itself at the first failure. Knows no kind of target.
import type { Clock } from '@headgate/kit/clock';
import { asDeployError, type DeployError } from './errors.js';
import { planRollout, servedDigest, servingOf, type Wanted } from './plan.js';
import { recover } from './recovery.js';
import { setBack } from './setback.js';
import type { Steps } from './steps.js';
import { beginProgress, type Progress, type SwapTools, swapOne } from './swap.js';
import { type Counters, noTraffic, type Target, type World } from './target.js';
import type { Hand, UndoReport } from './undo.js';
import { createWaits, type Times } from './waits.js';

export interface RolloutRequest {
  readonly wanted: Wanted;
  /** `sha256:…` every new instance must really run. */
  readonly digest: string;
  readonly times: Times;
}

export interface RolloutDeps {
  readonly target: Target;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly steps: Steps;
  /** Told whenever what would have to be undone changes; null when nothing. */
  readonly keep: (hand: Hand | null) => void;
  /** Shows the cause and the instance's last lines, before anything is undone. */
  readonly explain: (failure: DeployError, lines: readonly string[]) => Promise<void>;
}

interface Base {
  /** Digest that served before; null when nothing did. */
  readonly replaced: string | null;
  /** Instances in traffic at the end: of the wanted version, or of the former one after an undo. */
  readonly instances: number;
  /** Seen by the router while new instances proved themselves. */
  readonly traffic: Counters;
  readonly notices: readonly string[];
}

export type RolloutResult =
  | (Base & { readonly outcome: 'deployed' | 'unchanged' })
  | (Base & {
      readonly outcome: 'undone' | 'failed';
      readonly failure: DeployError;
      readonly undo: UndoReport;
    });

/**
 * Brings the service to the wanted version or back to the former one.
 * Rejects only when the world could not be read or put right: nothing was begun then.
 */
export async function rollOut(request: RolloutRequest, deps: RolloutDeps): Promise<RolloutResult> {
  const { steps, target, clock, signal } = deps;
  const { wanted, times } = request;
  const waits = createWaits({ target, clock, signal, times });
  const found = await steps.run('read', '', () => target.read(), describeWorld);
  const world = await recover(found, wanted, { ...deps, waits });
  const plan = planRollout(world, wanted);
  const replaced = servedDigest(plan);
  if (plan.unchanged) {
    return {
      outcome: 'unchanged',
      replaced,
      instances: wanted.instances,
      traffic: noTraffic,
      notices: world.notices,
    };
  }
  const progress = beginProgress(plan, world.notices);
  const tools: SwapTools = { request, deps, waits };
  try {
    await steps.run('prepare', '', () => target.prepare(signal));
    for (const swap of plan.swaps) await swapOne(swap, progress, tools);
  } catch (error) {
    return setBack(asDeployError(error, 'engine-refused', 'the deployment failed'), progress, tools);
  }
  deps.keep(null);
  await cleanUp(progress, deps);
  return {
    outcome: 'deployed',
    replaced,
    instances: wanted.instances,
    traffic: progress.traffic,
    notices: progress.notices,
  };
}

/** Keeps the instances just replaced, so that going back works with the registry away; removes older ones. */
async function cleanUp(progress: Progress, { steps, target }: RolloutDeps): Promise<void> {
  const retired = progress.retired.map(({ id }) => id);
  const work = async (): Promise<number> => {
    const { instances } = await target.read();
    const old = instances.filter(({ id, running }) => !running && !retired.includes(id));
    for (const instance of old) await target.remove(instance);
    return old.length;
  };
  try {
    await steps.run(
      'clean-up',
      '',
      work,
      (removed) => `${removed} older instances removed, ${retired.length} kept`,
    );
  } catch (error) {
    progress.notices.push(
      `older instances could not be removed: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function describeWorld(world: World): string {
  const kept = world.instances.length - servingOf(world).length;
  return `${servingOf(world).length} in traffic, ${kept} more`;
}
