// One build out of a leg's plan: within its deadline, its retries told, timed and kept where it counts in the report.
import type { Deps } from '@headgate/kit/deps';
import { type BuildOutcome, runBuild } from './build.js';
import type { BuildGoal } from './build-command.js';
import { type BuildPlan, remaining } from './build-plan.js';
import { sentence } from './diagnosis.js';
import type { Journal } from './journal.js';

export interface PlannedBuild {
  readonly plan: BuildPlan;
  readonly goal: BuildGoal;
  /** Shown as the group's name and used for the log file. */
  readonly title: string;
}

export interface BuildTools {
  readonly journal: Journal;
  readonly deps: Deps;
}

export function runPlanned(
  { plan, goal, title }: PlannedBuild,
  { journal, deps }: BuildTools,
): Promise<BuildOutcome> {
  const deadlineMs = remaining(plan, deps);
  return runBuild({ ...plan, goal, deadlineMs, title, onRetry: journal.addRetry }, deps);
}

/** The same as a step of the report. */
export async function runStep(step: string, build: PlannedBuild, tools: BuildTools): Promise<BuildOutcome> {
  const { journal } = tools;
  const outcome = await journal.time(step, () => runPlanned(build, tools));
  journal.addBuild({ step, steps: outcome.steps });
  return outcome;
}

/** How a stage's build ended, for the record. */
export function endOf(outcome: BuildOutcome): string {
  switch (outcome.kind) {
    case 'built':
      return 'stage built';
    case 'deadline':
      return 'stopped at the deadline';
    case 'failed':
      return sentence(outcome.diagnosis);
  }
}
