// Operations on commits: reading them, comparing them, the pull requests they came with, file contents.
import { readChanges } from '../git-changes.js';
import { countCommits, isAncestor, mergeBase, readCommit, readCommits } from '../git-reading.js';
import type { RepositoryCall, RepositoryOperations } from '../operation.js';
import { presentChange, presentCommit } from '../present/commit.js';
import { escapePath, type Json, repositoryApi, repositoryPage } from '../present/forms.js';
import { type PullRecord, presentPull } from '../present/pull.js';
import { notFound, ok } from '../reply.js';
import { commitNamed } from './branches.js';

async function oneCommit(call: RepositoryCall): Promise<Json> {
  const { state, repository } = call;
  const sha = await commitNamed(call, call.path['ref'] ?? '');
  const commit = await readCommit(repository.git, sha);
  const changes = await readChanges(repository.git, commit.parents[0] ?? null, sha);
  const additions = changes.reduce((sum, change) => sum + change.additions, 0);
  const deletions = changes.reduce((sum, change) => sum + change.deletions, 0);
  return {
    ...presentCommit(state, repository, commit),
    stats: { additions, deletions, total: additions + deletions },
    files: call.page(changes).map((change) => presentChange(state, repository, { sha, change })),
  };
}

async function comparison(call: RepositoryCall): Promise<Json> {
  const { state, repository } = call;
  const [baseName = '', headName = ''] = (call.path['basehead'] ?? '').split('...');
  const base = await commitNamed(call, baseName);
  const head = await commitNamed(call, headName);
  const common = await mergeBase(repository.git, base, head);
  if (common === null) throw notFound();
  const ahead = await countCommits(repository.git, [`${base}..${head}`]);
  const behind = await countCommits(repository.git, [`${head}..${base}`]);
  const commits = (await readCommits(repository.git, ['-n', '250', `${base}..${head}`])).toReversed();
  const changes = await readChanges(repository.git, common, head);
  const show = async (sha: string): Promise<Json> =>
    presentCommit(state, repository, await readCommit(repository.git, sha));
  const page = `${repositoryPage(state, repository)}/compare/${escapePath(call.path['basehead'] ?? '')}`;
  return {
    url: `${repositoryApi(state, repository)}/compare/${escapePath(call.path['basehead'] ?? '')}`,
    html_url: page,
    permalink_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    base_commit: await show(base),
    merge_base_commit: await show(common),
    status: ahead > 0 ? (behind > 0 ? 'diverged' : 'ahead') : behind > 0 ? 'behind' : 'identical',
    ahead_by: ahead,
    behind_by: behind,
    total_commits: ahead,
    commits: call.page(commits).map((commit) => presentCommit(state, repository, commit)),
    files: changes.slice(0, 300).map((change) => presentChange(state, repository, { sha: head, change })),
  };
}

/** True when the pull request brought the commit: it is the merge commit or one of the commits merged. */
async function brought(call: RepositoryCall, record: PullRecord, sha: string): Promise<boolean> {
  const { git } = call.repository;
  const { pull } = record;
  if (pull.mergedAt !== null && pull.mergeSha === sha) return true;
  if (!(await isAncestor(git, sha, pull.headSha))) return false;
  return !(await isAncestor(git, sha, pull.baseSha));
}

/** The merged pull request that introduced a commit, and open ones that contain it. Source: https://docs.github.com/rest/commits/commits#list-pull-requests-associated-with-a-commit */
async function pullsOfCommit(call: RepositoryCall): Promise<readonly PullRecord[]> {
  const sha = await commitNamed(call, call.path['commit_sha'] ?? '');
  const found: PullRecord[] = [];
  for (const issue of call.repository.issues.values()) {
    const { pull } = issue;
    if (pull === null || (issue.state === 'closed' && pull.mergedAt === null)) continue;
    if (await brought(call, { issue, pull }, sha)) found.push({ issue, pull });
  }
  return found;
}

async function listCommits(call: RepositoryCall): Promise<readonly Json[]> {
  const { state, repository } = call;
  const sha = await commitNamed(call, call.query['sha'] ?? repository.settings.defaultBranch);
  const since = call.query['since'];
  const until = call.query['until'];
  const limits = [
    ...(since === undefined ? [] : [`--since=${since}`]),
    ...(until === undefined ? [] : [`--until=${until}`]),
  ];
  const commits = await readCommits(repository.git, [...limits, sha]);
  return call.page(commits).map((commit) => presentCommit(state, repository, commit));
}

export const commitOperations: RepositoryOperations = {
  'repos/list-commits': { needs: 'contents=read', handle: async (call) => ok(await listCommits(call)) },
  'repos/get-commit': { needs: 'contents=read', handle: async (call) => ok(await oneCommit(call)) },
  'repos/compare-commits-with-basehead': {
    needs: 'contents=read',
    handle: async (call) => ok(await comparison(call)),
  },
  'repos/list-pull-requests-associated-with-commit': {
    needs: 'pull_requests=read',
    handle: async (call) => {
      const found = await pullsOfCommit(call);
      return ok(call.page(found).map((record) => presentPull(call.state, call.repository, record)));
    },
  },
};
