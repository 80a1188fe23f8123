// One branch gets the release: a merge commit of both, pushed while nobody else is faster.

import type { BranchGround } from './branch-ground.js';
import { type Derivation, settleDerived } from './derived-files.js';
import { failure } from './failures.js';
import { explainConflict, type MergeConflict } from './merge-conflict.js';

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
  /** How files that are made from others are made again; null where none may be. */
  readonly derivation: Derivation | null;
}

export type PushedMerge =
  | { readonly kind: 'up-to-date' }
  | { readonly kind: 'merged'; readonly commit: string }
  | {
      readonly kind: 'conflict';
      readonly conflict: MergeConflict;
      /** Why derived files could not be made again; null where that was not tried. */
      readonly problem: string | null;
    }
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
  const { target, source, at, derivation } = asked;
  const tip = await tipOf(ground, target);
  if (await ground.history.isAncestor(source, tip)) return { kind: 'up-to-date' };
  await ground.history.meet(tip, source);
  const plain = await ground.merge.attempt(tip, source);
  const sides = { target: tip, source, trial: plain };
  const trial =
    derivation === null
      ? { ...plain, problem: null, made: [] }
      : await settleDerived(ground, sides, derivation);
  if (trial.kind === 'conflict') {
    const conflict = await explainConflict(ground, { target: tip, source, files: trial.files });
    return { kind: 'conflict', conflict, problem: trial.problem };
  }
  const message = messageOf(asked, trial.made);
  const commit = await ground.merge.commit({ tree: trial.tree, parents: [tip, source], message, at });
  const pushed = await ground.remote.push(commit, `refs/heads/${target}`);
  if (pushed.kind !== 'pushed') return pushed;
  await prove(ground, asked);
  return { kind: 'merged', commit };
}

function messageOf({ target, version, runUrl }: BackMerge, made: readonly string[]): string {
  const again = made.length === 0 ? '' : `\n\nMade again, not merged: ${made.join(', ')}`;
  return `Merge v${version} into ${target}\n\nMerged back after its release: ${runUrl}${again}`;
}

/** What counts is what the server has now. */
async function prove(ground: BranchGround, { target, source }: BackMerge): Promise<void> {
  await ground.refresh();
  if (await ground.history.isAncestor(source, await tipOf(ground, target))) return;
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
