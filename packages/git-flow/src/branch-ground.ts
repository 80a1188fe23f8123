// The checked-out repository and its remote, as merging back and forecasting it use them.
import type { Deps } from '@headgate/kit/deps';
import { createGit, type Git } from '@headgate/kit/git';
import { createGitMerge, type GitMerge } from '@headgate/kit/git-merge';
import { createGitRemote, type GitRemote } from '@headgate/kit/git-remote';
import { failure } from './failures.js';

export interface BranchGround {
  readonly git: Git;
  readonly merge: GitMerge;
  readonly remote: GitRemote;
  /** Brings every branch of the remote up to date here. */
  refresh(): Promise<void>;
  /** Short names of the remote's branches, as of the last refresh. */
  names(): Promise<readonly string[]>;
  /** The commit a branch of the remote was at at the last refresh; null when it is not there. */
  tip(branch: string): Promise<string | null>;
}

/** Fetches branches and tags. @throws {ActionError} `shallow-checkout`, `github-permission`, `git-failed` */
export async function openGround(deps: Deps, token: string): Promise<BranchGround> {
  const { run, context, core, signal } = deps;
  const directory = context.workspace;
  const git = createGit(run, directory);
  if (await git.isShallow()) {
    const message = 'the whole history was expected, to merge branches; it was cut off';
    const hint = 'Set `fetch-depth: 0` on the actions/checkout step before this one.';
    throw failure('shallow-checkout', message, hint);
  }
  const { serverUrl } = context;
  const remote = createGitRemote(run, { directory, serverUrl, token, setSecret: core.setSecret, signal });
  const branches = '+refs/heads/*:refs/remotes/origin/*';
  await remote.fetch([branches, '+refs/tags/*:refs/tags/*']);
  return {
    git,
    remote,
    merge: createGitMerge(run, directory),
    refresh: () => remote.fetch([branches]),
    names: () => git.remoteBranches(),
    tip: (branch) => git.revParse(`refs/remotes/origin/${branch}`),
  };
}
