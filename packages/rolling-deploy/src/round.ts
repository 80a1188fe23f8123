// One round of a replacement: new instances come, prove themselves in traffic together, and old ones retire.
import { callHooks, type Progress, proving, retireAll, type StrategyTools, startAll } from './progress.js';
import type { Round } from './rounds.js';

/** @throws {DeployError} the reason to undo */
export async function playRound(round: Round, progress: Progress, tools: StrategyTools): Promise<void> {
  await retireAll(round.first, progress, tools);
  const started = await startAll(round.start, progress, tools);
  const { deps } = tools;
  if (started.length > 0)
    for (const point of ['test-traffic', 'before-traffic'] as const) await callHooks(point, started, deps);
  const newcomers = round.keep === null ? started : [round.keep];
  for (const instance of newcomers.filter(({ traffic }) => traffic !== 'in')) {
    await deps.steps.run('admit', instance.name, () => deps.target.admit(instance));
  }
  const nothingToLose = round.replace.length === 0 && progress.fresh.length === 0;
  if (newcomers.length > 0 && !nothingToLose) await proving(newcomers, progress, tools);
  await retireAll(round.replace, progress, tools);
}
