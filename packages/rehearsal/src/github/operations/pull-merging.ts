// The merge of a pull request: a real commit in the bare repository, then the events it calls for.

import { allMergeMethods } from '../../repository-settings.js';
import { mergeTree, moveRef, rebaseCommits, writeCommit } from '../git-merging.js';
import { readCommits, resolveObject } from '../git-reading.js';
import type { Identity } from '../git-store.js';
import { type RepositoryCall, type RepositoryOperations, textOf } from '../operation.js';
import type { PullRecord } from '../present/pull.js';
import { isProtectedBranch } from '../protection.js';
import { closePull } from '../pull-following.js';
import { refreshMerge } from '../pull-merge-ref.js';
import { refsChanged } from '../ref-changes.js';
import { HttpProblem, ok, type Reply } from '../reply.js';
import { latestJobs } from '../run-reading.js';
import { inOrder, type RepositoryState } from '../state.js';
import { actorOf } from './issue-changes.js';
import { pullNamed } from './pulls.js';

const conflict = (): HttpProblem => new HttpProblem(405, 'Pull Request is not mergeable');

/** Required checks that are not green on the head. Source: https://docs.github.com/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/troubleshooting-required-status-checks */
function missingChecks(call: RepositoryCall, { pull }: PullRecord): readonly string[] {
  const { repository, state } = call;
  if (!isProtectedBranch(repository, pull.base)) return [];
  const runs = [...state.runs.values()].filter(
    (run) => run.repository === repository.fullName && run.headSha === pull.headSha,
  );
  const jobs = runs.flatMap(latestJobs).toSorted((a, b) => a.id - b.id);
  const statuses = repository.statuses.filter((status) => status.sha === pull.headSha);
  return (repository.settings.requiredChecks ?? []).filter((name) => {
    const job = jobs.findLast((candidate) => candidate.name === name);
    // A skipped check counts as successful.
    if (job !== undefined) return job.conclusion !== 'success' && job.conclusion !== 'skipped';
    return statuses.findLast((status) => status.context === name)?.state !== 'success';
  });
}

/** Source: https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/configuring-pull-request-merges/about-merge-methods-on-github */
function refuseMethod(repository: RepositoryState, base: string, method: string): void {
  const { mergeMethods = allMergeMethods, linearHistory = false } = repository.settings;
  const linear = linearHistory && method === 'merge' && isProtectedBranch(repository, base);
  if (!linear && mergeMethods.some((each) => each === method)) return;
  const what = { merge: 'Merge commits', squash: 'Squash merges', rebase: 'Rebase merges' }[method] ?? method;
  throw new HttpProblem(405, `${what} are not allowed on this repository.`);
}

interface Merge {
  readonly base: string;
  readonly head: string;
  readonly author: Identity;
  readonly committer: Identity;
  readonly title: string;
  readonly message: string;
}

async function makeCommit(call: RepositoryCall, method: string, merge: Merge): Promise<string | null> {
  const { git } = call.repository;
  const { author, committer, base, head } = merge;
  if (method === 'rebase') return rebaseCommits(git, { base, head }, committer);
  const tree = await mergeTree(git, base, head);
  if (tree === null) return null;
  const parents = method === 'squash' ? [base] : [base, head];
  const message = merge.message === '' ? merge.title : `${merge.title}\n\n${merge.message}`;
  return writeCommit(git, { tree, parents, message, author, committer });
}

/** Titles as GitHub writes them. Source: https://docs.github.com/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges */
async function describeMerge(
  call: RepositoryCall,
  record: PullRecord,
  at: { base: string; method: string },
): Promise<Merge> {
  const { issue, pull } = record;
  const { git } = call.repository;
  const { login } = call.caller;
  const time = call.state.clock.now();
  const owner = pull.headRepository.split('/')[0] ?? '';
  const commits = (await readCommits(git, [`${at.base}..${pull.headSha}`])).toReversed();
  const single = commits.length === 1 ? commits[0]?.message.split('\n')[0] : undefined;
  const squashed = at.method === 'squash';
  const title = squashed
    ? `${single ?? issue.title} (#${issue.number})`
    : `Merge pull request #${issue.number} from ${owner}/${pull.head}`;
  const list = commits.length === 1 ? '' : commits.map((commit) => `* ${commit.message}`).join('\n\n');
  return {
    base: at.base,
    head: pull.headSha,
    author: { name: login, email: `${login}@users.noreply.github.com`, time },
    committer: { name: 'GitHub', email: 'noreply@github.com', time },
    title: textOf(call.body, 'commit_title') ?? title,
    message: textOf(call.body, 'commit_message') ?? (squashed ? list : issue.title),
  };
}

async function mergePull(call: RepositoryCall): Promise<Reply> {
  const { state, repository, body } = call;
  const record = pullNamed(call);
  const { issue, pull } = record;
  const base = await resolveObject(repository.git, `refs/heads/${pull.base}`);
  if (issue.state === 'closed' || base === null || pull.draft) throw conflict();
  await refreshMerge(state, repository, record);
  if (pull.mergeSha === null) throw conflict();
  const expected = textOf(body, 'sha');
  if (expected !== null && expected !== pull.headSha) {
    throw new HttpProblem(409, 'Head branch was modified. Review and try the merge again.');
  }
  const missing = call.caller.bypasses(repository) ? [] : missingChecks(call, record);
  if (missing.length > 0) throw new HttpProblem(405, `Required status check "${missing[0]}" is expected.`);
  const method = textOf(body, 'merge_method') ?? 'merge';
  refuseMethod(repository, pull.base, method);
  const sha = await makeCommit(call, method, await describeMerge(call, record, { base, method }));
  if (sha === null) throw conflict();
  const ref = `refs/heads/${pull.base}`;
  await moveRef(repository.git, ref, sha, base);
  const actor = actorOf(call);
  pull.baseSha = base;
  await closePull(state, repository, { ...record, actor, merged: sha });
  await refsChanged(state, repository, { changes: [{ ref, before: base, after: sha }], actor });
  return ok({ sha, merged: true, message: 'Pull Request successfully merged' });
}

export const pullMergingOperations: RepositoryOperations = {
  'pulls/merge': {
    needs: 'contents=write',
    handle: (call) => inOrder(call.repository, () => mergePull(call)),
  },
};
