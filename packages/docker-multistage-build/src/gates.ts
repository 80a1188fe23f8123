// Test stages run as gates, one after the other in the same builder; the first failure ends the leg.
import type { Deps } from '@headgate/kit/deps';
import { type BuildOutcome, runBuild } from './build.js';
import type { BuildSource } from './build-command.js';
import type { BuildDiagnosis } from './diagnosis.js';
import type { Journal } from './journal.js';

export interface BuildPlan {
  readonly source: BuildSource;
  readonly commitTime: number | null;
  /** Milliseconds since the epoch at which gates and build must be done. */
  readonly endMs: number;
}

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

/** Milliseconds left, at least one so that the process layer itself ends it. */
export function remaining(plan: BuildPlan, deps: Pick<Deps, 'clock'>): number {
  return Math.max(1, plan.endMs - deps.clock.now());
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

/** Where and how a build failed, in one sentence without its log. */
export function sentence(diagnosis: BuildDiagnosis): string {
  const { stage, instruction, place, exitCode, kind, reason } = diagnosis;
  const where = [stage === null ? '' : `stage ${stage}`, place === null ? '' : `at ${place}`]
    .filter((part) => part !== '')
    .join(' ');
  const what = exitCode === null ? reason : `${instruction ?? 'a command'} ended with exit code ${exitCode}`;
  return `${where === '' ? '' : `${where}: `}${what} (${kind})`;
}
