// What the checked-out repository says: commit, tree, numbers that are taken, and what the push did to its branch.
import type { Facts, FlowEvent, PushFacts } from '@headgate/configuration/facts';
import type { Deps } from '@headgate/kit/deps';
import { createGit, type Git } from '@headgate/kit/git';
import { type PushedFrom, pushedFrom } from './event.js';
import { failure } from './failures.js';
import { branchesOf, type KnownHistory, lastRelease, openHistory, tagsOf } from './known-history.js';

export interface Checkout
  extends Pick<Facts, 'commit' | 'tree' | 'tags' | 'lastRelease' | 'remoteBranches' | 'commits' | 'push'> {
  /** The parents of what is checked out; empty where nobody asks. */
  readonly parents: readonly string[];
}

export interface CheckoutQuestion {
  readonly event: FlowEvent;
  /** GITHUB_SHA: what the run is about. */
  readonly sha: string;
  /** Name of the production branch. */
  readonly production: string;
  /** True when the build gets a version number, or policy is read from a former commit. */
  readonly history: boolean;
  readonly token: string;
}

/** @throws {ActionError} `checkout-differs`, `shallow-checkout`; `git-failed` where there is no repository. */
export async function readCheckout(deps: Deps, question: CheckoutQuestion): Promise<Checkout> {
  const git = createGit(deps.run, deps.context.workspace);
  const commit = await checkedOut(git, question);
  const tree = await git.tree('HEAD');
  const from = pushedFrom(deps.context);
  if (!question.history) {
    const push = await pushOf(git, { from, tree, rewritten: from?.forced === true });
    return { commit, tree, tags: [], lastRelease: null, remoteBranches: [], commits: 0, push, parents: [] };
  }
  const history = await openHistory(deps, { token: question.token, branches: [question.production] });
  const production = history.tip(question.production);
  return {
    commit,
    tree,
    tags: tagsOf(history).map(({ name }) => name),
    lastRelease: (await lastRelease(history, production))?.name ?? null,
    remoteBranches: branchesOf(history),
    commits: await history.firstParentCount(production, 'HEAD'),
    push: await pushOf(git, { from, tree, rewritten: await isRewritten(history, from) }),
    parents: await history.parents('HEAD'),
  };
}

async function checkedOut(git: Git, { event, sha }: CheckoutQuestion): Promise<string> {
  const commit = await git.revParse('HEAD');
  if (commit === null) {
    const hint = 'Run actions/checkout before this step.';
    throw failure(
      'checkout-differs',
      `the commit ${sha} was expected to be checked out, none was found`,
      hint,
    );
  }
  if (!isBuilt(event) || commit === sha) return commit;
  const message = `the commit of this run, ${sha}, was expected to be checked out, ${commit} was found`;
  throw failure('checkout-differs', message, 'Remove `ref:` from the actions/checkout step before this one.');
}

function isBuilt({ kind }: FlowEvent): boolean {
  return ['push', 'dispatch', 'pull-request', 'merge-group'].includes(kind);
}

/** The history is asked, not the payload: it is what everything after it builds on. */
async function isRewritten(history: KnownHistory, from: PushedFrom | null): Promise<boolean> {
  return from !== null && !(await history.isAncestor(from.before, 'HEAD'));
}

interface Moved {
  readonly from: PushedFrom | null;
  readonly tree: string;
  readonly rewritten: boolean;
}

async function pushOf(git: Git, { from, tree, rewritten }: Moved): Promise<PushFacts | null> {
  if (from === null) return null;
  const { before } = from;
  return { before, rewritten, sameTree: (await treeOf(git, before)) === tree };
}

/** A commit that was pushed away, or lies below a cut, is not here. */
async function treeOf(git: Git, commit: string): Promise<string | null> {
  try {
    return await git.tree(commit);
  } catch {
    return null;
  }
}
