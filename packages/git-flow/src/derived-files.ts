// Files that are made from others are not merged: they are made again from what was merged.
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DerivedConfiguration } from '@headgate/configuration/schema';
import { ActionError } from '@headgate/kit/errors';
import type { MergeTrial } from '@headgate/kit/git-merge';
import { createGitTree, type GitTree } from '@headgate/kit/git-tree';
import type { RunCommand } from '@headgate/kit/process';
import { parseDuration } from '@headgate/kit/quantities';
import type { BranchGround } from './branch-ground.js';

export interface Derivation {
  readonly rules: readonly DerivedConfiguration[];
  readonly run: RunCommand;
  readonly directory: string;
  /** A folder that is gone after the step. */
  readonly temporary: string;
  readonly signal: AbortSignal;
}

export interface MergeSides {
  /** Two commits. */
  readonly target: string;
  readonly source: string;
  readonly trial: MergeTrial;
}

export type DerivedTrial = MergeTrial & {
  /** Why files could not be made again, in the command's words; null otherwise. */
  readonly problem: string | null;
  /** Paths that were made again. */
  readonly made: readonly string[];
};

/**
 * The trial as it is, unless both sides changed derived files and nothing else stands in the way: then these are made
 * by their commands, from the merged files, which begin with the target's. Whatever else a command changes is dropped.
 * The commands get the allow-listed environment of every child: no token, no input.
 */
export async function settleDerived(
  ground: BranchGround,
  sides: MergeSides,
  derivation: Derivation,
): Promise<DerivedTrial> {
  const { trial } = sides;
  const unsettled = { ...trial, problem: null, made: [] };
  if (derivation.rules.length === 0) return unsettled;
  const scratch = mkdtempSync(join(derivation.temporary, 'derived-'));
  try {
    const trees = createGitTree(derivation.run, derivation.directory, scratch);
    const rules = await wantedRules(ground, trees, { sides, rules: derivation.rules });
    const paths = rules.flatMap((rule) => rule.paths);
    const others = trial.kind === 'conflict' ? trial.files.filter((file) => !paths.includes(file)) : [];
    if (rules.length === 0 || others.length > 0) return unsettled;
    return await make(trees, { sides, rules, paths, scratch, derivation });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Search {
  readonly sides: MergeSides;
  readonly rules: readonly DerivedConfiguration[];
}

/** Those with a file that both sides have changed, also where git could merge it: two halves make no whole of it. */
async function wantedRules(
  ground: BranchGround,
  trees: GitTree,
  { sides: { target, source }, rules }: Search,
): Promise<readonly DerivedConfiguration[]> {
  const base = await ground.merge.base(target, source);
  if (base === null) return [];
  const paths = rules.flatMap((rule) => rule.paths);
  const ours = await trees.changed(base, target, paths);
  const theirs = await trees.changed(base, source, paths);
  const both = ours.filter((path) => theirs.includes(path));
  return rules.filter((rule) => rule.paths.some((path) => both.includes(path)));
}

interface Making {
  readonly sides: MergeSides;
  readonly rules: readonly DerivedConfiguration[];
  readonly paths: readonly string[];
  readonly scratch: string;
  readonly derivation: Derivation;
}

async function make(trees: GitTree, making: Making): Promise<DerivedTrial> {
  const { sides, rules, paths, scratch, derivation } = making;
  const before = await Promise.all(
    paths.map(async (path) => ({ path, blob: await trees.blob(sides.target, path) })),
  );
  const folder = join(scratch, 'files');
  const merged = await trees.replace(sides.trial.tree, before);
  await trees.layOut(merged, folder);
  const failed = (problem: string): DerivedTrial => {
    return { kind: 'conflict', tree: sides.trial.tree, files: paths, problem, made: [] };
  };
  for (const rule of rules) {
    const problem = await runRule(rule, folder, derivation);
    if (problem !== null) return failed(problem);
  }
  const files: { readonly path: string; readonly blob: string }[] = [];
  for (const path of paths) {
    const blob = await trees.keep(folder, path);
    if (blob === null) return failed(`the command was expected to leave the file ${path}`);
    files.push({ path, blob });
  }
  return { kind: 'clean', tree: await trees.replace(merged, files), problem: null, made: paths };
}

/** Null when it went well. */
async function runRule(
  { run: [file = '', ...args], deadline }: DerivedConfiguration,
  folder: string,
  { run, signal }: Derivation,
): Promise<string | null> {
  try {
    const limits = { timeoutMs: parseDuration(deadline) ?? 0, signal };
    const { code, stderr } = await run({ file, args, cwd: folder }, limits);
    if (code === 0) return null;
    return `${file} ended with ${code}: ${stderr.trim().split('\n').slice(-5).join(' ').slice(0, 1000)}`;
  } catch (error) {
    if (!(error instanceof ActionError) || signal.aborted) throw error;
    return error.message;
  }
}
