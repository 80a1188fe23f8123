// Test stages run as gates, one after the other in the same builder; the first failure ends the leg.
import type { BuildPlan } from './build-plan.js';
import type { FailedPart } from './failed-leg.js';
import type { Inputs } from './inputs.js';
import { type BuildTools, endOf, runStep } from './planned-build.js';

/** Results first, so that they are there when a gate fails. @returns the first part that failed, or null */
export async function runGates(
  { testResults, testTargets }: Pick<Inputs, 'testResults' | 'testTargets'>,
  plan: BuildPlan,
  tools: BuildTools,
): Promise<FailedPart | null> {
  if (testResults.length > 0) {
    const { gatherResults } = await import('./test-results.js');
    const failed = await gatherResults(testResults, plan, tools);
    if (failed !== null) return failed;
  }
  for (const target of testTargets) {
    const step = `gate ${target}`;
    const goal = { kind: 'gate', target } as const;
    const outcome = await runStep(step, { plan, goal, title: `Gate ${target}` }, tools);
    const passed = outcome.kind === 'built';
    tools.journal.addTest({
      name: target,
      stage: 'images',
      outcome: passed ? 'passed' : 'failed',
      detail: endOf(outcome),
    });
    if (!passed) return { step, outcome };
  }
  return null;
}
