// Blue-green: the whole new set stands beside the old one without traffic, and takes all of it in one change.
import { divide, type Progress, proving, retireAll, type StrategyTools, standBy } from './progress.js';
import type { BlueGreen } from './strategy.js';

/**
 * The former set stays ready for `keep-warm` after the switch: until then one change of the router brings it back.
 * @throws {DeployError} the reason to undo
 */
export async function playBlueGreen(
  { warmMs }: BlueGreen,
  progress: Progress,
  tools: StrategyTools,
): Promise<void> {
  const { request } = tools;
  const { kept, former, replaced } = progress.plan;
  const all = { have: kept.length, need: request.wanted.instances };
  const fresh = [...kept, ...(await standBy(all, progress, tools))];
  await divide({ fresh, former: replaced, percent: 100 }, tools);
  const forMs = Math.max(request.times.settleMs, former.length === 0 ? 0 : warmMs);
  if (replaced.length > 0 || progress.fresh.length > 0) await proving(fresh, progress, tools, { forMs });
  await retireAll(replaced, progress, tools);
}
