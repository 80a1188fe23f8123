// Test stages run as gates, one after the other in the same builder; the first failure ends the leg.
import type { Deps } from '@headgate/kit/deps';
import { type BuildOutcome, runBuild } from './build.js';
import { type BuildPlan, remaining } from './build-plan.js';
import { sentence } from './diagnosis.js';
import type { Journal } from './journal.js';

export interface GateFailure {
  readonly target: string;
  readonly outcome: Exclude<BuildOutcome, { kind: 'built' }>;
}

/** Runs every gate in order. @returns the first that failed, or null. */
export async function runGates(
  targets: readonly string[],
  plan: BuildPlan,
  { journal, deps }: { readonly journal: Journal; readonly deps: Deps },
): Promise<GateFailure | null> {
  for (const target of targets) {
    const outcome = await journal.time(`gate ${target}`, () =>
      runBuild(
        {
          ...plan,
          goal: { kind: 'gate', target },
          deadlineMs: remaining(plan, deps),
          title: `Gate ${target}`,
        },
        deps,
      ),
    );
    const passed = outcome.kind === 'built';
    journal.addTest({
      name: target,
      stage: 'images',
      outcome: passed ? 'passed' : 'failed',
      detail: describe(outcome),
    });
    if (!passed) return { target, outcome };
  }
  return null;
}

function describe(outcome: BuildOutcome): string {
  switch (outcome.kind) {
    case 'built':
      return 'stage built';
    case 'deadline':
      return 'stopped at the deadline';
    case 'failed':
      return sentence(outcome.diagnosis);
  }
}
