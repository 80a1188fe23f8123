// One branch gets the release: a merge commit of both, pushed while nobody else is faster.

import type { BranchGround } from './branch-ground.js';
import { failure } from './failures.js';
import { type ConflictSides, explainConflict, type MergeConflict } from './merge-conflict.js';

export interface BackMerge {
  /** Short name of the branch that is merged into. */
  readonly target: string;
  /** The commit on the production branch. */
  readonly source: string;
  /** X.Y.Z. */
  readonly version: string;
  /** ISO 8601: the date of the merge commit. */
  readonly at: string;
  readonly runUrl: string;
}

export type PushedMerge =
  | { readonly kind: 'up-to-date' }
  | { readonly kind: 'merged'; readonly commit: string }
  | { readonly kind: 'conflict'; readonly conflict: MergeConflict }
  /** The merge is clean, but may not or could not be pushed. `reason`: the server's text. */
  | { readonly kind: 'refused' | 'raced'; readonly reason: string };

const tries = 3;

/**
 * Merges and pushes, always with a merge commit: a fast-forward would give one commit two versions. Without a work
 * tree, so nothing of the checkout moves.
 * @throws {ActionError} `branch-missing`, `back-merge-unproven`, and those of git.
 */
export async function pushMerge(ground: BranchGround, asked: BackMerge): Promise<PushedMerge> {
  let reason = '';
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    if (attempt > 1) await ground.refresh();
    const outcome = await tryOnce(ground, asked);
    if (outcome.kind !== 'raced') return outcome;
    reason = outcome.reason;
  }
  return { kind: 'raced', reason };
}

async function tryOnce(ground: BranchGround, asked: BackMerge): Promise<PushedMerge> {
  const { target, source, version, at } = asked;
  const tip = await tipOf(ground, target);
  if (await ground.git.isAncestor(source, tip)) return { kind: 'up-to-date' };
  const trial = await ground.merge.attempt(tip, source);
  if (trial.kind === 'conflict') {
    const sides: ConflictSides = { target: tip, source, files: trial.files };
    return { kind: 'conflict', conflict: await explainConflict(ground, sides) };
  }
  const message = `Merge v${version} into ${target}\n\nMerged back after its release: ${asked.runUrl}`;
  const commit = await ground.merge.commit({ tree: trial.tree, parents: [tip, source], message, at });
  const pushed = await ground.remote.push(commit, `refs/heads/${target}`);
  if (pushed.kind !== 'pushed') return pushed;
  await prove(ground, asked);
  return { kind: 'merged', commit };
}

/** What counts is what the server has now. */
async function prove(ground: BranchGround, { target, source }: BackMerge): Promise<void> {
  await ground.refresh();
  if (await ground.git.isAncestor(source, await tipOf(ground, target))) return;
  const message = `${target} was expected to contain ${source} after the push, it does not`;
  const hint = `See who rewrote ${target} in this moment, then re-run this job.`;
  throw failure('back-merge-unproven', message, hint);
}

async function tipOf(ground: BranchGround, target: string): Promise<string> {
  const tip = await ground.tip(target);
  if (tip !== null) return tip;
  const message = `the branch ${target} was expected in the repository, there is none`;
  throw failure('branch-missing', message, 'Create it, or correct `branches` in headgate.yml.');
}
