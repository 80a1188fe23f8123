// A roll-out by any strategy, undone by itself at the first failure. Knows no kind of target.
import { playBlueGreen } from './blue-green.js';
import { asDeployError } from './errors.js';
import { handLeft, planOnward } from './lost-run.js';
import { planCleanUp, planReturn, servedDigest, servingOf, type Wanted } from './plan.js';
import { beginProgress, callHooks, handOf, type Progress, type StrategyTools } from './progress.js';
import { recover } from './recovery.js';
import type { RolloutDeps, RolloutRequest } from './rollout-request.js';
import type { RolloutResult } from './rollout-result.js';
import { playRound } from './round.js';
import { planRounds } from './rounds.js';
import { endTrial, setBack } from './setback.js';
import type { Strategy } from './strategy.js';
import { type Instance, noTraffic, type World } from './target.js';
import { createWaits, type Waits } from './waits.js';

/**
 * Brings the service to the wanted version or back to the former one.
 * Rejects only when the world could not be read or put right: nothing was begun then.
 */
export async function rollOut(request: RolloutRequest, deps: RolloutDeps): Promise<RolloutResult> {
  const { target, clock, signal } = deps;
  const waits = createWaits({ target, clock, signal, times: request.times });
  try {
    return await rollOutWith(waits, request, deps);
  } finally {
    waits.close();
  }
}

async function rollOutWith(waits: Waits, request: RolloutRequest, deps: RolloutDeps): Promise<RolloutResult> {
  const { steps, target, signal } = deps;
  const { wanted } = request;
  const found = await steps.run('read', '', () => target.read(), describeWorld);
  const world = await recover(found, request, { ...deps, waits });
  const plan = planOnward(world, wanted, deps.lost ?? null);
  deps.recovered?.();
  const replaced = servedDigest(plan);
  if (plan.unchanged) {
    // Of a release that another host may still fail to get.
    if (deps.keepsDone === true && deps.lost?.revision === wanted.revision)
      deps.keep(handLeft(deps.lost, world));
    return {
      outcome: 'unchanged',
      replaced,
      former: plan.former,
      back: planReturn(world, wanted),
      instances: wanted.instances,
      traffic: noTraffic,
      notices: world.notices,
    };
  }
  const progress = beginProgress(plan, world.notices);
  const tools: StrategyTools = { request, deps, waits };
  if (plan.strangers.length > 0 || progress.retired.length > 0) deps.keep(handOf(progress));
  try {
    await steps.run('prepare', '', () => target.prepare(signal));
    await callHooks('before-deploy', plan.former, deps);
    const stays = await play(request.strategy, progress, tools);
    if (!stays) return await endTrial(progress, tools);
    await callHooks('after-deploy', serving(progress, wanted), deps);
  } catch (error) {
    return setBack(asDeployError(error, 'engine-refused', 'the deployment failed'), progress, tools);
  }
  if (deps.keepsDone !== true) deps.keep(null);
  await cleanUp(progress, request, deps);
  return {
    outcome: 'deployed',
    replaced,
    former: plan.former,
    back: { ...handOf(progress), condemned: null },
    instances: wanted.instances,
    traffic: progress.traffic,
    notices: progress.notices,
    analyses: progress.analyses,
  };
}

/** Answers whether the new version stays. */
async function play(strategy: Strategy, progress: Progress, tools: StrategyTools): Promise<boolean> {
  switch (strategy.kind) {
    case 'rolling': {
      const { wanted } = tools.request;
      const rounds = planRounds({ ...progress.plan, wanted: wanted.instances }, strategy);
      for (const round of rounds) await playRound(round, progress, tools);
      return true;
    }
    case 'blue-green':
      await playBlueGreen(strategy, progress, tools);
      return true;
    case 'canary':
    case 'ab':
      return (await import('./compared.js')).playCompared(strategy, progress, tools);
  }
}

/** All of the wanted version. */
function serving({ plan, fresh }: Progress, { revision }: Wanted): readonly Instance[] {
  return [...new Set([...plan.kept, ...fresh])].filter((instance) => instance.revision === revision);
}

/** Keeps the instances just replaced, so that going back works with the registry away; removes older ones. */
async function cleanUp(
  progress: Progress,
  { wanted, keepReleases }: RolloutRequest,
  { steps, target }: RolloutDeps,
): Promise<void> {
  let kept = 0;
  const work = async (): Promise<number> => {
    const { instances } = await target.read();
    const stopped = instances.filter(({ running }) => !running);
    const old = planCleanUp(stopped, { retired: progress.retired, wanted, keepReleases });
    for (const instance of old) await target.remove(instance);
    kept = stopped.length - old.length;
    return old.length;
  };
  try {
    await steps.run('clean-up', '', work, (removed) => `${removed} older instances removed, ${kept} kept`);
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
