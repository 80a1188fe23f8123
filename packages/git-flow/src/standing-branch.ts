// The one branch that carries what production has into a branch where it cannot be pushed; kept, not made anew.
import type { BackMerge } from './back-merge-push.js';
import type { BranchGround } from './branch-ground.js';
import { failure } from './failures.js';

/** `back-merge/to-develop`; what is merged back is what changes, the branch stays. */
export function standingBranch(target: string): string {
  return `back-merge/to-${target.replaceAll('/', '-')}`;
}

/** `behind`: people's work on it conflicts with the release, which they must merge into it. */
export type StandingState = 'carries' | 'behind';

/**
 * Makes the branch hold the release: it begins at the released commit, so that nothing is resolved on production.
 * Work that people have pushed to it stays; what the target has got already may go.
 * @throws {ActionError} `branch-taken`, `back-merge-refused`
 */
export async function carry(ground: BranchGround, asked: BackMerge): Promise<StandingState> {
  const { target, source, version, at } = asked;
  const name = standingBranch(target);
  const tip = await ground.tip(name);
  if (tip === null || (await ground.history.isAncestor(tip, source))) {
    if (tip !== source) await push(ground, { name, commit: source });
    return 'carries';
  }
  if (await ground.history.isAncestor(source, tip)) return 'carries';
  const into = await ground.tip(target);
  if (into !== null && (await ground.history.isAncestor(tip, into))) {
    await push(ground, { name, commit: source, replaces: tip });
    return 'carries';
  }
  await ground.history.meet(tip, source);
  const trial = await ground.merge.attempt(tip, source);
  if (trial.kind === 'conflict') return 'behind';
  const message = `Merge v${version} into ${name}`;
  const parents = [tip, source];
  await push(ground, { name, commit: await ground.merge.commit({ tree: trial.tree, parents, message, at }) });
  return 'carries';
}

interface Move {
  readonly name: string;
  readonly commit: string;
  readonly replaces?: string;
}

async function push(ground: BranchGround, { name, commit, replaces }: Move): Promise<void> {
  const pushed = await ground.remote.push(commit, `refs/heads/${name}`, replaces);
  if (pushed.kind === 'pushed') return;
  if (pushed.kind === 'refused') {
    const message = `the branch ${name} may not be pushed: ${pushed.reason}`;
    throw failure('back-merge-refused', message, appHint('let it push branches'));
  }
  const message = `the branch ${name} was expected to be ours alone in this moment; somebody else pushed to it`;
  throw failure('branch-taken', message, 'Re-run this job: it goes on from what is there then.');
}

/** What to do where the job token is not enough. */
export function appHint(purpose: string): string {
  return `Or put app-id and app-private-key of a GitHub App into the secret FLOW_SECRETS, and ${purpose}.`;
}
