// Repositories as GitHub shows them, in answers and in event payloads.
import { allMergeMethods } from '../../repository-settings.js';
import type { RepositoryState, State } from '../state.js';
import { presentAccount } from './account.js';
import { isoTime, type Json, nodeId, repositoryApi, repositoryPage } from './forms.js';

const plain = {
  contributors: 'contributors',
  deployments: 'deployments',
  downloads: 'downloads',
  events: 'events',
  forks: 'forks',
  hooks: 'hooks',
  languages: 'languages',
  merges: 'merges',
  stargazers: 'stargazers',
  subscribers: 'subscribers',
  subscription: 'subscription',
  tags: 'tags',
  teams: 'teams',
};

const templates = {
  archive: '{archive_format}{/ref}',
  assignees: 'assignees{/user}',
  blobs: 'git/blobs{/sha}',
  branches: 'branches{/branch}',
  collaborators: 'collaborators{/collaborator}',
  comments: 'comments{/number}',
  commits: 'commits{/sha}',
  compare: 'compare/{base}...{head}',
  contents: 'contents/{+path}',
  git_commits: 'git/commits{/sha}',
  git_refs: 'git/refs{/sha}',
  git_tags: 'git/tags{/sha}',
  issue_comment: 'issues/comments{/number}',
  issue_events: 'issues/events{/number}',
  issues: 'issues{/number}',
  keys: 'keys{/key_id}',
  labels: 'labels{/name}',
  milestones: 'milestones{/number}',
  notifications: 'notifications{?since,all,participating}',
  pulls: 'pulls{/number}',
  releases: 'releases{/id}',
  statuses: 'statuses/{sha}',
  trees: 'git/trees{/sha}',
};

/** `minimal-repository`, which the larger forms begin with. */
export function presentMinimalRepository(state: State, repository: RepositoryState): Json {
  const url = repositoryApi(state, repository);
  const addresses = Object.entries({ ...plain, ...templates }).map(([name, path]) => [
    `${name}_url`,
    `${url}/${path}`,
  ]);
  return {
    id: repository.id,
    node_id: nodeId('Repository', repository.id),
    name: repository.settings.name,
    full_name: repository.fullName,
    private: repository.settings.public !== true,
    owner: presentAccount(state, repository.settings.owner),
    html_url: repositoryPage(state, repository),
    description: null,
    fork: repository.forkOf !== null,
    url,
    ...Object.fromEntries(addresses),
  };
}

/** Settings and counts that are the same for every repository of a rehearsal. */
const fixed = {
  homepage: null,
  size: 0,
  stargazers_count: 0,
  watchers_count: 0,
  language: null,
  has_issues: true,
  has_projects: true,
  has_downloads: true,
  has_wiki: false,
  has_pages: false,
  has_discussions: false,
  forks_count: 0,
  mirror_url: null,
  archived: false,
  disabled: false,
  license: null,
  allow_forking: true,
  is_template: false,
  web_commit_signoff_required: false,
  topics: [],
  forks: 0,
  watchers: 0,
  network_count: 0,
  subscribers_count: 0,
  allow_auto_merge: false,
  delete_branch_on_merge: false,
  allow_update_branch: false,
};

/** `repository`, `full-repository` and the webhooks' form: one object satisfies all three. */
export function presentRepository(state: State, repository: RepositoryState): Json {
  const page = repositoryPage(state, repository);
  const { mergeMethods = allMergeMethods } = repository.settings;
  const open = [...repository.issues.values()].filter((issue) => issue.state === 'open').length;
  return {
    ...presentMinimalRepository(state, repository),
    ...fixed,
    allow_squash_merge: mergeMethods.includes('squash'),
    allow_merge_commit: mergeMethods.includes('merge'),
    allow_rebase_merge: mergeMethods.includes('rebase'),
    created_at: isoTime(repository.createdAt),
    updated_at: isoTime(repository.pushedAt),
    pushed_at: isoTime(repository.pushedAt),
    git_url: `git://127.0.0.1/${repository.fullName}.git`,
    ssh_url: `git@127.0.0.1:${repository.fullName}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    open_issues_count: open,
    open_issues: open,
    visibility: repository.settings.public === true ? 'public' : 'private',
    default_branch: repository.settings.defaultBranch,
  };
}
