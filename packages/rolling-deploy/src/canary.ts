// Canary: the new version gets growing shares of the traffic, and must keep up with each before the next.
import { pauseFor } from './pauses.js';
import { divide, type Progress, proving, retireAll, type StrategyTools, standBy } from './progress.js';
import { analyse, countFormer } from './step-analysis.js';
import type { Canary } from './strategy.js';
import type { Instance } from './target.js';

/** @throws {DeployError} the reason to undo */
export async function playCanary(strategy: Canary, progress: Progress, tools: StrategyTools): Promise<void> {
  const { request, deps } = tools;
  const { kept, replaced, former } = progress.plan;
  const { steps, analysis: plan } = strategy;
  const fresh: Instance[] = [...kept];
  // Nothing to compare with, and nobody who could take the rest: all at once.
  const shares = replaced.length === 0 ? steps.slice(-1) : steps;
  const isCompared = replaced.length > 0;
  const names = { canary: [], baseline: former.map(({ name }) => name), seconds: 60 };
  if (isCompared && plan.prometheus !== null) await deps.metrics?.check(names);
  const before = await countFormer(former, tools);
  for (const { percent, forMs: asked, pauses = [] } of shares) {
    const forMs = asked ?? request.times.settleMs;
    // As many as the share needs to be served like the rest is.
    const need = Math.ceil((request.wanted.instances * percent) / 100);
    fresh.push(...(await standBy({ have: fresh.length, need }, progress, tools)));
    const step = { percent, forMs, isSettling: asked === null, fresh, former: replaced };
    const judge = isCompared ? await analyse(step, { before, plan, progress, tools }) : undefined;
    await divide({ fresh, former: replaced, percent }, tools);
    if (replaced.length > 0 || progress.fresh.length > 0)
      await proving(fresh, progress, tools, { forMs, ...(judge === undefined ? {} : { judge }) });
    if (!isCompared) continue;
    for (const pause of pauses) {
      const guard = await analyse(
        { ...step, forMs: Number.POSITIVE_INFINITY },
        { before, plan, progress, tools },
      );
      await pauseFor(pause, { strategy, percent, fresh, guard }, { progress, tools });
    }
  }
  await retireAll(replaced, progress, tools);
}
