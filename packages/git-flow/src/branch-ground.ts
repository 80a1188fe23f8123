// The checked-out repository and its remote, as merging back and forecasting it use them.
import type { Deps } from '@headgate/kit/deps';
import { createGit, type Git } from '@headgate/kit/git';
import { createGitHistory, type GitHistory } from '@headgate/kit/git-history';
import type { GitMerge } from '@headgate/kit/git-merge';
import { createGitRemote, type GitRemote, type RemoteReference } from '@headgate/kit/git-remote';
import { type Tag, tagsOf } from './known-history.js';

export interface BranchGround {
  readonly git: Git;
  /** Answers right in a shallow clone too. */
  readonly history: GitHistory;
  readonly merge: GitMerge;
  readonly remote: GitRemote;
  /** Brings every branch of the remote up to date here. */
  refresh(): Promise<void>;
  /** Short names of the remote's branches, as of the last refresh. */
  names(): Promise<readonly string[]>;
  /** The commit a branch of the remote was at at the last refresh; null when it is not there. */
  tip(branch: string): Promise<string | null>;
  /** Tags of the remote when this was opened. */
  readonly tags: readonly Tag[];
}

const branches = '+refs/heads/*:refs/remotes/origin/*';

/**
 * Fetches branches and tags; of a shallow clone the tips alone, and more as questions need it.
 * @throws {ActionError} `github-permission`, `git-failed`; questions: `shallow-checkout`
 */
export async function openGround(deps: Deps, token: string): Promise<BranchGround> {
  const { run, context, core, signal } = deps;
  const { workspace: directory, serverUrl } = context;
  const git = createGit(run, directory);
  const remote = createGitRemote(run, { directory, serverUrl, token, setSecret: core.setSecret, signal });
  const shallow = await git.isShallow();
  const references = shallow ? await fetchTips(git, remote) : await fetchAll(git, remote);
  const head = await git.revParse('HEAD');
  const all = head === null ? [branches] : [branches, head];
  // Loaded here alone, so that the bundle has it once.
  const { createGitMerge } = await import('@headgate/kit/git-merge');
  return {
    git,
    history: createGitHistory(run, { directory, deepen: (depth) => remote.fetch(all, depth) }),
    remote,
    merge: createGitMerge(run, directory),
    refresh: () => remote.fetch([branches]),
    names: () => git.remoteBranches(),
    tip: (branch) => git.revParse(`refs/remotes/origin/${branch}`),
    tags: tagsOf({ references }),
  };
}

async function fetchAll(git: Git, remote: GitRemote): Promise<readonly RemoteReference[]> {
  await remote.fetch([branches, '+refs/tags/*:refs/tags/*']);
  return git.references();
}

/** Only what is not here yet: a shallow clone is not cut again where it has been deepened. */
async function fetchTips(git: Git, remote: GitRemote): Promise<readonly RemoteReference[]> {
  const references = await remote.references();
  const local = await git.references();
  const missing = references
    .filter(({ name }) => name.startsWith('refs/heads/'))
    .filter(({ name, commit }) => !local.some((one) => one.name === name && one.commit === commit))
    .map(({ name }) => `+${name}:${name.replace('refs/heads/', 'refs/remotes/origin/')}`);
  if (missing.length > 0) await remote.fetch(missing, { depth: 1 });
  // Branches that are gone go here too.
  await remote.fetch([branches]);
  return references;
}
