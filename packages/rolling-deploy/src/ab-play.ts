// A/B: the whole new version stands beside the former one, and only requests with a sign see it, until the time is over.
import { playBlueGreen } from './blue-green.js';
import {
  callHooks,
  divide,
  type Progress,
  proving,
  retireAll,
  type StrategyTools,
  standBy,
} from './progress.js';
import { analyse, countFormer } from './step-analysis.js';
import type { AbTest } from './strategy-ab.js';

/** Answers whether the new version stays. @throws {DeployError} the reason to undo */
export async function playAb(strategy: AbTest, progress: Progress, tools: StrategyTools): Promise<boolean> {
  const { request, deps } = tools;
  const { target, steps } = deps;
  const { kept, former, replaced } = progress.plan;
  const { sign, forMs, ending, analysis: plan } = strategy;
  if (replaced.length === 0) {
    // Nothing to compare with.
    await playBlueGreen({ kind: 'blue-green', warmMs: 0 }, progress, tools);
    return true;
  }
  if (plan.prometheus !== null)
    await deps.metrics?.check({ canary: [], baseline: former.map(({ name }) => name), seconds: 60 });
  const before = await countFormer(former, tools);
  const all = { have: kept.length, need: request.wanted.instances };
  const fresh = [...kept, ...(await standBy(all, progress, tools))];
  await divide({ fresh, former: replaced, percent: 0 }, tools);
  const step = { percent: null, forMs, fresh, former: replaced };
  const judge = await analyse(step, { before, plan, progress, tools });
  await callHooks('before-traffic', fresh, deps);
  const route = async (): Promise<void> => target.route?.(sign, fresh);
  await steps.run('route', '', route, () => `${sign.kind} ${sign.name}: ${sign.value} to the new version`);
  await proving(fresh, progress, tools, { forMs, judge });
  if (ending === 'back') return false;
  await divide({ fresh, former: replaced, percent: 100 }, tools);
  await proving(fresh, progress, tools);
  await retireAll(replaced, progress, tools);
  return true;
}
