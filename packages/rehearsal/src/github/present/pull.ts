// Pull requests as GitHub shows them: in lists, one at a time, and inside runs.
import type { IssueState, PullState } from '../records.js';
import { findRepository, type RepositoryState, type State } from '../state.js';
import { presentAccount } from './account.js';
import { isoTime, isoTimeOrNull, type Json, nodeId, repositoryApi, repositoryPage } from './forms.js';
import { association, presentLabel } from './issue.js';
import { presentRepository } from './repository.js';

export interface PullCounts {
  readonly commits: number;
  readonly additions: number;
  readonly deletions: number;
  readonly files: number;
}

export interface PullRecord {
  readonly issue: IssueState;
  readonly pull: PullState;
}

function end(state: State, repository: RepositoryState, at: { ref: string; sha: string }): Json {
  const owner = repository.settings.owner;
  return {
    label: `${owner}:${at.ref}`,
    ref: at.ref,
    sha: at.sha,
    user: presentAccount(state, owner),
    repo: presentRepository(state, repository),
  };
}

function links(state: State, repository: RepositoryState, record: PullRecord): Json {
  const api = repositoryApi(state, repository);
  const { number } = record.issue;
  return {
    self: { href: `${api}/pulls/${number}` },
    html: { href: `${repositoryPage(state, repository)}/pull/${number}` },
    issue: { href: `${api}/issues/${number}` },
    comments: { href: `${api}/issues/${number}/comments` },
    review_comments: { href: `${api}/pulls/${number}/comments` },
    review_comment: { href: `${api}/pulls/comments{/number}` },
    commits: { href: `${api}/pulls/${number}/commits` },
    statuses: { href: `${api}/statuses/${record.pull.headSha}` },
  };
}

function pullAddresses(state: State, repository: RepositoryState, record: PullRecord): Json {
  const api = repositoryApi(state, repository);
  const { number } = record.issue;
  const page = `${repositoryPage(state, repository)}/pull/${number}`;
  return {
    url: `${api}/pulls/${number}`,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: `${api}/issues/${number}`,
    commits_url: `${api}/pulls/${number}/commits`,
    review_comments_url: `${api}/pulls/${number}/comments`,
    review_comment_url: `${api}/pulls/comments{/number}`,
    comments_url: `${api}/issues/${number}/comments`,
    statuses_url: `${api}/statuses/${record.pull.headSha}`,
    _links: links(state, repository, record),
  };
}

/** `pull-request-simple` */
export function presentPull(state: State, repository: RepositoryState, record: PullRecord): Json {
  const { issue, pull } = record;
  const headRepository = findRepository(state, pull.headRepository) ?? repository;
  return {
    ...pullAddresses(state, repository, record),
    id: pull.id,
    node_id: nodeId('PullRequest', pull.id),
    number: issue.number,
    state: issue.state,
    locked: false,
    title: issue.title,
    user: presentAccount(state, issue.author),
    body: issue.body,
    labels: issue.labels.map((label) => presentLabel(state, repository, label)),
    milestone: null,
    active_lock_reason: null,
    created_at: isoTime(issue.createdAt),
    updated_at: isoTime(issue.updatedAt),
    closed_at: isoTimeOrNull(issue.closedAt),
    merged_at: isoTimeOrNull(pull.mergedAt),
    merge_commit_sha: pull.mergeSha,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    head: end(state, headRepository, { ref: pull.head, sha: pull.headSha }),
    base: end(state, repository, { ref: pull.base, sha: pull.baseSha }),
    author_association: association(repository, issue.author, state.people.has(issue.author.toLowerCase())),
    auto_merge: null,
    draft: pull.draft,
  };
}

/** `pull-request` */
export function presentFullPull(
  state: State,
  repository: RepositoryState,
  at: PullRecord & { counts: PullCounts },
): Json {
  const { issue, pull, counts } = at;
  const merged = pull.mergedAt !== null;
  const mergeable = issue.state === 'open' ? pull.mergeSha !== null : null;
  return {
    ...presentPull(state, repository, at),
    merged,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: mergeable === null ? 'unknown' : mergeable ? 'clean' : 'dirty',
    merged_by: pull.mergedBy === null ? null : presentAccount(state, pull.mergedBy),
    comments: [...repository.comments.values()].filter((comment) => comment.issue === issue.number).length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: counts.commits,
    additions: counts.additions,
    deletions: counts.deletions,
    changed_files: counts.files,
  };
}

/** `pull-request-minimal`: how runs and checks name the pull requests of their head. */
export function presentMinimalPull(state: State, repository: RepositoryState, record: PullRecord): Json {
  const name = (at: RepositoryState): Json => ({
    id: at.id,
    url: repositoryApi(state, at),
    name: at.settings.name,
  });
  const headRepository = findRepository(state, record.pull.headRepository) ?? repository;
  return {
    id: record.pull.id,
    number: record.issue.number,
    url: `${repositoryApi(state, repository)}/pulls/${record.issue.number}`,
    head: { ref: record.pull.head, sha: record.pull.headSha, repo: name(headRepository) },
    base: { ref: record.pull.base, sha: record.pull.baseSha, repo: name(repository) },
  };
}
