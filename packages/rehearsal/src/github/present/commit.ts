// Commits, refs and tags as GitHub shows them.
import type { Commit, CommitPerson, FileChange } from '../git-reading.js';
import type { RepositoryState, State } from '../state.js';
import { presentAccount } from './account.js';
import { escapePath, type Json, nodeId, repositoryApi, repositoryPage } from './forms.js';

const utc = (date: string): string => `${new Date(date).toISOString().slice(0, 19)}Z`;
const signature = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null };

/** The account behind a commit's address, or null: GitHub knows people by the addresses it gave them. */
export function loginOfEmail(state: State, email: string): string | null {
  const login = /^(?:\d+\+)?([^@]+)@users\.noreply\.github\.com$/u.exec(email)?.[1];
  return login === undefined ? null : (state.accounts.get(login.toLowerCase())?.login ?? null);
}

function presentUser(state: State, person: CommitPerson): Json | null {
  const login = loginOfEmail(state, person.email);
  return login === null ? null : presentAccount(state, login);
}

const dated = (person: CommitPerson): Json => ({ ...person, date: utc(person.date) });

/** `commit` */
export function presentCommit(state: State, repository: RepositoryState, commit: Commit): Json {
  const api = repositoryApi(state, repository);
  const page = repositoryPage(state, repository);
  const url = `${api}/commits/${commit.sha}`;
  return {
    url,
    sha: commit.sha,
    node_id: nodeId('Commit', commit.sha),
    html_url: `${page}/commit/${commit.sha}`,
    comments_url: `${url}/comments`,
    commit: {
      url: `${api}/git/commits/${commit.sha}`,
      author: dated(commit.author),
      committer: dated(commit.committer),
      message: commit.message,
      comment_count: 0,
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
      verification: signature,
    },
    author: presentUser(state, commit.author),
    committer: presentUser(state, commit.committer),
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/commits/${sha}`,
      html_url: `${page}/commit/${sha}`,
    })),
  };
}

/** `git-commit` */
export function presentGitCommit(state: State, repository: RepositoryState, commit: Commit): Json {
  const api = `${repositoryApi(state, repository)}/git`;
  const page = `${repositoryPage(state, repository)}/commit`;
  return {
    sha: commit.sha,
    node_id: nodeId('Commit', commit.sha),
    url: `${api}/commits/${commit.sha}`,
    html_url: `${page}/${commit.sha}`,
    author: dated(commit.author),
    committer: dated(commit.committer),
    message: commit.message,
    tree: { sha: commit.tree, url: `${api}/trees/${commit.tree}` },
    parents: commit.parents.map((sha) => ({ sha, url: `${api}/commits/${sha}`, html_url: `${page}/${sha}` })),
    verification: signature,
  };
}

/** A commit of a push event: without the lists of files, which workflows do not get. Source: https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#push */
export function presentPushedCommit(state: State, repository: RepositoryState, commit: Commit): Json {
  const person = (who: CommitPerson): Json => {
    const login = loginOfEmail(state, who.email);
    return { name: who.name, email: who.email, ...(login === null ? {} : { username: login }) };
  };
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${repositoryPage(state, repository)}/commit/${commit.sha}`,
    author: person(commit.author),
    committer: person(commit.committer),
  };
}

/** `git-ref` */
export function presentRef(state: State, repository: RepositoryState, ref: RefTarget): Json {
  const api = `${repositoryApi(state, repository)}/git`;
  const kind = ref.type === 'tag' ? 'tags' : 'commits';
  return {
    ref: ref.name,
    node_id: nodeId('Ref', `${repository.fullName}:${ref.name}`),
    url: `${api}/${escapePath(ref.name)}`,
    object: { sha: ref.sha, type: ref.type, url: `${api}/${kind}/${ref.sha}` },
  };
}

export interface RefTarget {
  readonly name: string;
  readonly sha: string;
  readonly type: string;
}

/** `diff-entry` */
export function presentChange(
  state: State,
  repository: RepositoryState,
  at: { sha: string; change: FileChange },
): Json {
  const { change, sha } = at;
  const path = escapePath(change.path);
  const page = repositoryPage(state, repository);
  return {
    sha: change.sha,
    filename: change.path,
    status: change.status,
    additions: change.additions,
    deletions: change.deletions,
    changes: change.additions + change.deletions,
    blob_url: `${page}/blob/${sha}/${path}`,
    raw_url: `${page}/raw/${sha}/${path}`,
    contents_url: `${repositoryApi(state, repository)}/contents/${path}?ref=${sha}`,
    ...(change.previous === null ? {} : { previous_filename: change.previous }),
  };
}
