// What the checked-out repository says: commit, tree, tags, and how far the branch is from production.
import type { FlowEvent } from '@headgate/configuration/facts';
import type { Git } from '@headgate/kit/git';
import { failure } from './failures.js';

export interface Checkout {
  readonly commit: string;
  readonly tree: string;
  readonly tags: readonly string[];
  /** First-parent commits that production does not reach; 0 where nobody asks. */
  readonly commits: number;
}

export interface CheckoutQuestion {
  readonly event: FlowEvent;
  /** GITHUB_SHA: what the run is about. */
  readonly sha: string;
  /** Name of the production branch. */
  readonly production: string;
  /** True when the build gets a version number, or policy is read from a former commit. */
  readonly history: boolean;
}

/** @throws {ActionError} `checkout-differs`, `shallow-checkout`; `git-failed` where there is no repository. */
export async function readCheckout(git: Git, question: CheckoutQuestion): Promise<Checkout> {
  const commit = await git.revParse('HEAD');
  if (commit === null) {
    const hint = 'Run actions/checkout with `fetch-depth: 0` before this step.';
    throw failure(
      'checkout-differs',
      `the commit ${question.sha} was expected to be checked out, none was found`,
      hint,
    );
  }
  if (isBuilt(question.event) && commit !== question.sha) {
    const message = `the commit of this run, ${question.sha}, was expected to be checked out, ${commit} was found`;
    throw failure(
      'checkout-differs',
      message,
      'Remove `ref:` from the actions/checkout step before this one.',
    );
  }
  const tree = await git.tree('HEAD');
  if (!question.history) return { commit, tree, tags: [], commits: 0 };
  if (await git.isShallow()) {
    const message =
      'the whole history was expected, to count commits and read tags and former commits; it was cut off';
    throw failure(
      'shallow-checkout',
      message,
      'Set `fetch-depth: 0` on the actions/checkout step before this one.',
    );
  }
  const production = await git.revParse(`refs/remotes/origin/${question.production}`);
  return { commit, tree, tags: await git.tags(), commits: await git.firstParentCount(production, 'HEAD') };
}

function isBuilt({ kind }: FlowEvent): boolean {
  return ['push', 'dispatch', 'pull-request', 'merge-group'].includes(kind);
}
