// Keeps open pull requests true to their branches: head and merge refs, synchronize and closed events.
import { type Actor, raise, skipsRuns } from './events.js';
import { isAncestor, readCommit, zeroSha } from './git-reading.js';
import type { Json } from './present/forms.js';
import { type PullRecord, presentFullPull } from './present/pull.js';
import { countPull, openPulls, refreshMerge } from './pull-merge-ref.js';
import type { RefChange } from './ref-changes.js';
import { findRepository, type RepositoryState, type State } from './state.js';

export interface PullAt extends PullRecord {
  readonly actor: Actor;
}

/** Raises `pull_request`; nothing when the pull request conflicts. Source: https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#pull_request */
export async function raisePull(
  state: State,
  repository: RepositoryState,
  at: PullAt & { action: string; more?: Json },
): Promise<void> {
  const { issue, pull, actor, action } = at;
  if (!actor.raises) return;
  const merged = pull.mergedAt !== null;
  if (pull.mergeSha === null && !merged) return;
  const head = await readCommit(repository.git, pull.headSha);
  if (!merged && skipsRuns(head.message)) return;
  const counts = await countPull(repository, at);
  const payload = {
    action,
    number: issue.number,
    pull_request: presentFullPull(state, repository, { issue, pull, counts }),
    ...at.more,
  };
  // A merged pull request's run is on the branch it was merged into.
  // Source: https://docs.github.com/actions/reference/workflows-and-actions/variables (GITHUB_REF)
  const ref = merged ? `refs/heads/${pull.base}` : `refs/pull/${issue.number}/merge`;
  const fork = pull.headRepository !== repository.fullName;
  raise(state, repository, {
    actor,
    event: { name: 'pull_request', ref, sha: pull.mergeSha ?? zeroSha, payload, fork },
  });
}

export async function closePull(
  state: State,
  repository: RepositoryState,
  at: PullAt & { merged: string | null },
): Promise<void> {
  const { issue, pull, actor, merged } = at;
  const now = state.clock.now();
  issue.state = 'closed';
  issue.closedAt = now;
  issue.updatedAt = now;
  issue.closedBy = actor.login;
  if (merged !== null) {
    pull.mergedAt = now;
    pull.mergedBy = actor.login;
    pull.mergeSha = merged;
  }
  await raisePull(state, repository, { ...at, action: 'closed' });
}

/** The commit on the base's first-parent line that brought `head` in. */
async function bringingCommit(repository: RepositoryState, head: string, base: string): Promise<string> {
  const list = await repository.git.run([
    'rev-list',
    '--first-parent',
    '--ancestry-path',
    `${head}..${base}`,
    '--',
  ]);
  return list.split('\n').filter(Boolean).at(-1) ?? head;
}

async function followHead(
  state: State,
  repository: RepositoryState,
  at: PullAt & { change: RefChange },
): Promise<void> {
  const { issue, pull, change, actor } = at;
  // Deleting the head branch closes the pull request.
  // Source: https://docs.github.com/pull-requests/collaborating-with-pull-requests/proposing-changes-to-your-work-with-pull-requests/about-branches
  if (change.after === null) return closePull(state, repository, { ...at, merged: null });
  if (pull.headSha === change.after) return;
  if (pull.headRepository !== repository.fullName) {
    const source = findRepository(state, pull.headRepository);
    if (source !== undefined) await repository.git.run(['fetch', '-q', source.git.directory, change.after]);
  }
  const before = pull.headSha;
  pull.headSha = change.after;
  issue.updatedAt = state.clock.now();
  await refreshMerge(state, repository, { issue, pull });
  await raisePull(state, repository, {
    issue,
    pull,
    actor,
    action: 'synchronize',
    more: { before, after: change.after },
  });
}

async function followBase(
  state: State,
  repository: RepositoryState,
  at: PullAt & { change: RefChange },
): Promise<void> {
  const { pull, change } = at;
  if (change.after === null) return closePull(state, repository, { ...at, merged: null });
  // A head that reached its base by a push counts as merged.
  // Source: https://docs.github.com/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges#indirect-merges
  if (!(await isAncestor(repository.git, pull.headSha, change.after)))
    return refreshMerge(state, repository, at);
  const merged = await bringingCommit(repository, pull.headSha, change.after);
  await closePull(state, repository, { ...at, merged });
}

/** Lets every open pull request follow one moved branch, in this repository and in those it is a fork of. */
export async function followBranch(
  state: State,
  repository: RepositoryState,
  at: { change: RefChange; actor: Actor },
): Promise<void> {
  const branch = at.change.ref.slice('refs/heads/'.length);
  const targets = [
    repository,
    repository.forkOf === null ? undefined : findRepository(state, repository.forkOf),
  ];
  for (const target of targets) {
    if (target === undefined) continue;
    for (const record of openPulls(target)) {
      const { pull } = record;
      if (pull.headRepository === repository.fullName && pull.head === branch)
        await followHead(state, target, { ...record, ...at });
      if (record.issue.state === 'open' && target === repository && pull.base === branch) {
        await followBase(state, target, { ...record, ...at });
      }
    }
  }
}
