// The refs of a pull request: its head, and the test merge into its base that runs check out.
import { readChanges } from './git-changes.js';
import { mergeTree, writeCommit } from './git-merging.js';
import { countCommits, mergeBase, resolveObject } from './git-reading.js';
import type { Identity } from './git-store.js';
import type { PullCounts, PullRecord } from './present/pull.js';
import type { RepositoryState, State } from './state.js';

const platform = (time: number): Identity => ({
  name: 'GitHub',
  email: 'noreply@github.com',
  time,
});

export function openPulls(repository: RepositoryState): readonly PullRecord[] {
  return [...repository.issues.values()].flatMap((issue) =>
    issue.pull !== null && issue.state === 'open' ? [{ issue, pull: issue.pull }] : [],
  );
}

/**
 * Brings `refs/pull/N/head` and `refs/pull/N/merge` up to date with base and head; on a conflict the merge ref stays
 * where it was and `mergeSha` is null. Source: https://docs.github.com/rest/guides/using-the-rest-api-to-interact-with-your-git-database#checking-mergeability-of-pull-requests
 */
export async function refreshMerge(
  state: State,
  repository: RepositoryState,
  record: PullRecord,
): Promise<void> {
  const { issue, pull } = record;
  if (issue.state !== 'open') return;
  const { git } = repository;
  const base = await resolveObject(git, `refs/heads/${pull.base}`);
  if (base === null || pull.mergedFrom === `${base} ${pull.headSha}`) return;
  await git.run(['update-ref', `refs/pull/${issue.number}/head`, pull.headSha]);
  const tree = await mergeTree(git, base, pull.headSha);
  pull.mergedFrom = `${base} ${pull.headSha}`;
  pull.baseSha = base;
  pull.mergeSha = null;
  if (tree === null) return;
  const author = platform(state.clock.now());
  const message = `Merge ${pull.headSha} into ${base}`;
  const parents = [base, pull.headSha];
  pull.mergeSha = await writeCommit(git, { tree, parents, message, author, committer: author });
  await git.run(['update-ref', `refs/pull/${issue.number}/merge`, pull.mergeSha]);
}

export async function countPull(repository: RepositoryState, record: PullRecord): Promise<PullCounts> {
  const { pull } = record;
  const base = await mergeBase(repository.git, pull.baseSha, pull.headSha);
  const changes = await readChanges(repository.git, base, pull.headSha);
  const commits = await countCommits(
    repository.git,
    base === null ? [pull.headSha] : [`${base}..${pull.headSha}`],
  );
  const additions = changes.reduce((sum, change) => sum + change.additions, 0);
  const deletions = changes.reduce((sum, change) => sum + change.deletions, 0);
  return { commits, additions, deletions, files: changes.length };
}
