// What production has and the development branch lacks.
import type { Branches } from '@headgate/configuration/schema';
import type { Deps } from '@headgate/kit/deps';
import type { CommitDescription } from '@headgate/kit/git';
import type { GitHub } from '@headgate/kit/github';
import type { BranchGround } from './branch-ground.js';
import { failure } from './failures.js';
import type { ForecastLine } from './forecast-report.js';
import { type MergedChange, mergedAmong } from './merged-changes.js';
import { readPolicyFacts } from './policy-facts.js';
import { lostRequest, openRequest, type StandingRequest } from './standing-request.js';
import { tryTarget } from './trial-merges.js';

export interface Drift {
  /** All commits that are missing, newest first. */
  readonly commits: readonly string[];
  /** The newest of them, described. */
  readonly newest: readonly CommitDescription[];
  /** Names of the release tags among them. */
  readonly tags: readonly string[];
  /** Pull requests that brought them. */
  readonly changes: readonly MergedChange[];
  /** What a merge would meet. */
  readonly forecast: ForecastLine;
  /** The pull request that waits to be merged. */
  readonly request: StandingRequest | null;
  /** One that was squashed instead of merged. */
  readonly lost: StandingRequest | null;
}

export interface DriftQuestion {
  readonly github: GitHub;
  readonly branches: Branches;
  readonly deps: Deps;
  /** Path of headgate.yml. */
  readonly file: string;
}

const mostCommits = 30;

/** Null without drift, and where there is no production yet. @throws {ActionError} `branch-missing` */
export async function findDrift(
  ground: BranchGround,
  { github, branches, deps, file }: DriftQuestion,
): Promise<Drift | null> {
  const { production, development: target } = branches;
  const [source, tip] = [await ground.tip(production), await ground.tip(target)];
  if (source === null) return null;
  if (tip === null) {
    const message = `the branch ${target} was expected in the repository, there is none`;
    throw failure('branch-missing', message, 'Create it, or correct `branches` in headgate.yml.');
  }
  const commits = await ground.history.commits(source, [tip]);
  if (commits.length === 0) return null;
  const policy = await readPolicyFacts(ground.git, file, [source]);
  const derived = policy.configuration?.['back-merge'].derived.flatMap(({ paths }) => paths) ?? [];
  const missing = new Set(commits);
  const question = { target, context: deps.context };
  return {
    commits,
    newest: await ground.git.describe(commits.slice(0, mostCommits)),
    tags: ground.tags.filter(({ commit }) => missing.has(commit)).map(({ name }) => name),
    changes: await mergedAmong(github, { commits: missing, counts: () => true }),
    forecast: await tryTarget(ground, { target, source, derived }),
    request: await openRequest(github, question),
    lost: await lostRequest(github, ground, question),
  };
}
