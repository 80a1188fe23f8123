// Strategies that show both versions side by side to customers and compare them; one part of the bundle, loaded when it is needed.
import { playAb } from './ab-play.js';
import { playCanary } from './canary.js';
import type { Progress, StrategyTools } from './progress.js';
import type { Canary } from './strategy.js';
import type { AbTest } from './strategy-ab.js';

/** Answers whether the new version stays. @throws {DeployError} the reason to undo */
export async function playCompared(
  strategy: Canary | AbTest,
  progress: Progress,
  tools: StrategyTools,
): Promise<boolean> {
  if (strategy.kind === 'ab') return playAb(strategy, progress, tools);
  await playCanary(strategy, progress, tools);
  return true;
}
