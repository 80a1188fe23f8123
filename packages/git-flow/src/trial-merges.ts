// What will be merged back, merged on trial: commits in memory, which nobody pushes.
import type { BranchGround } from './branch-ground.js';
import type { ForecastLine } from './forecast-report.js';
import { explainConflict } from './merge-conflict.js';

export interface TrialQuestion {
  /** Short name of the production branch, which may not be there yet. */
  readonly production: string;
  /** The commit that will be merged into it. */
  readonly head: string;
  /** Short names of the branches that it will be merged back into. */
  readonly targets: readonly string[];
  /** ISO 8601. */
  readonly at: string;
  /** Files that are made again and never merged. */
  readonly derived: readonly string[];
}

export interface Trials {
  /** What production will be after the merge; the branch alone where they conflict. */
  readonly commit: string;
  readonly lines: readonly ForecastLine[];
}

export async function tryMerges(ground: BranchGround, question: TrialQuestion): Promise<Trials> {
  const { commit, line } = await tryProduction(ground, question);
  const lines: ForecastLine[] = line === null ? [] : [line];
  for (const target of question.targets)
    lines.push(await tryTarget(ground, { target, source: commit, derived: question.derived }));
  return { commit, lines };
}

interface Merged {
  readonly commit: string;
  readonly line: ForecastLine | null;
}

async function tryProduction(ground: BranchGround, question: TrialQuestion): Promise<Merged> {
  const { production: target, head, at } = question;
  const tip = await ground.tip(target);
  if (tip === null) return { commit: head, line: null };
  await ground.history.meet(tip, head);
  const trial = await ground.merge.attempt(tip, head);
  if (trial.kind === 'conflict') {
    const conflict = await explainConflict(ground, { target: tip, source: head, files: trial.files });
    return { commit: head, line: { target, kind: 'blocked', conflict } };
  }
  const parents = [tip, head];
  const commit = await ground.merge.commit({ tree: trial.tree, parents, message: 'On trial', at });
  return { commit, line: null };
}

export interface TargetTrial {
  readonly target: string;
  readonly source: string;
  readonly derived: readonly string[];
}

export async function tryTarget(
  ground: BranchGround,
  { target, source, derived }: TargetTrial,
): Promise<ForecastLine> {
  const tip = await ground.tip(target);
  if (tip === null) return { target, kind: 'missing' };
  await ground.history.meet(tip, source);
  const trial = await ground.merge.attempt(tip, source);
  if (trial.kind === 'clean') return { target, kind: 'clean' };
  if (trial.files.every((file) => derived.includes(file))) return { target, kind: 'derived' };
  const conflict = await explainConflict(ground, { target: tip, source, files: trial.files });
  return { target, kind: 'conflict', conflict };
}
