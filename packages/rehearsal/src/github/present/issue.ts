// Issues, labels and comments as GitHub shows them.
import type { CommentState, IssueState, Label } from '../records.js';
import type { RepositoryState, State } from '../state.js';
import { presentAccount } from './account.js';
import { presentApp } from './app.js';
import {
  escapePath,
  isoTime,
  isoTimeOrNull,
  type Json,
  nodeId,
  repositoryApi,
  repositoryPage,
} from './forms.js';

export function presentLabel(state: State, repository: RepositoryState, label: Label): Json {
  return {
    id: label.id,
    node_id: nodeId('Label', label.id),
    url: `${repositoryApi(state, repository)}/labels/${escapePath(label.name)}`,
    name: label.name,
    description: null,
    color: 'ededed',
    default: false,
  };
}

const reactions = (url: string): Json => ({
  url: `${url}/reactions`,
  total_count: 0,
  '+1': 0,
  '-1': 0,
  laugh: 0,
  hooray: 0,
  confused: 0,
  heart: 0,
  rocket: 0,
  eyes: 0,
});

/** How a person stands to a repository: the owner, one with a role in it, or none of these. */
export function association(repository: RepositoryState, login: string, collaborator: boolean): string {
  if (repository.settings.owner.toLowerCase() === login.toLowerCase()) return 'OWNER';
  return collaborator ? 'COLLABORATOR' : 'NONE';
}

/** What an issue that is a pull request has besides. */
function pullHalf(state: State, repository: RepositoryState, issue: IssueState): Json {
  if (issue.pull === null) return {};
  const page = `${repositoryPage(state, repository)}/pull/${issue.number}`;
  return {
    draft: issue.pull.draft,
    pull_request: {
      url: `${repositoryApi(state, repository)}/pulls/${issue.number}`,
      html_url: page,
      diff_url: `${page}.diff`,
      patch_url: `${page}.patch`,
      merged_at: isoTimeOrNull(issue.pull.mergedAt),
    },
  };
}

/** `issue`; for a pull request the issue half of it. */
export function presentIssue(state: State, repository: RepositoryState, issue: IssueState): Json {
  const url = `${repositoryApi(state, repository)}/issues/${issue.number}`;
  const page = repositoryPage(state, repository);
  return {
    id: issue.id,
    node_id: nodeId('Issue', issue.id),
    url,
    repository_url: repositoryApi(state, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: `${page}/${issue.pull === null ? 'issues' : 'pull'}/${issue.number}`,
    number: issue.number,
    state: issue.state,
    state_reason: issue.state === 'closed' && issue.pull === null ? 'completed' : null,
    title: issue.title,
    body: issue.body,
    user: presentAccount(state, issue.author),
    labels: issue.labels.map((label) => presentLabel(state, repository, label)),
    assignee: null,
    assignees: [],
    milestone: null,
    locked: false,
    active_lock_reason: null,
    comments: [...repository.comments.values()].filter((comment) => comment.issue === issue.number).length,
    closed_at: isoTimeOrNull(issue.closedAt),
    closed_by: issue.closedBy === null ? null : presentAccount(state, issue.closedBy),
    created_at: isoTime(issue.createdAt),
    updated_at: isoTime(issue.updatedAt),
    author_association: association(repository, issue.author, state.people.has(issue.author.toLowerCase())),
    reactions: reactions(url),
    performed_via_github_app: issue.via === null ? null : presentApp(state, issue.via),
    timeline_url: `${url}/timeline`,
    ...pullHalf(state, repository, issue),
  };
}

/** `issue-comment` */
export function presentComment(state: State, repository: RepositoryState, comment: CommentState): Json {
  const api = repositoryApi(state, repository);
  const url = `${api}/issues/comments/${comment.id}`;
  const isPull = repository.issues.get(comment.issue)?.pull !== null;
  const page = `${repositoryPage(state, repository)}/${isPull ? 'pull' : 'issues'}/${comment.issue}`;
  return {
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    url,
    html_url: `${page}#issuecomment-${comment.id}`,
    issue_url: `${api}/issues/${comment.issue}`,
    body: comment.body,
    user: presentAccount(state, comment.author),
    created_at: isoTime(comment.createdAt),
    updated_at: isoTime(comment.updatedAt),
    author_association: association(
      repository,
      comment.author,
      state.people.has(comment.author.toLowerCase()),
    ),
    reactions: reactions(url),
    // Source: probe of api.github.com: comments of bots and of people through an App carry it
    performed_via_github_app: comment.via === null ? null : presentApp(state, comment.via),
  };
}
