// What follows from moved refs, however they moved: push, create and delete events, and pull requests brought up to date.
import { type Actor, raise, skipsRuns } from './events.js';
import { type Commit, isAncestor, readCommit, readCommits, resolveObject, zeroSha } from './git-reading.js';
import { presentPushedCommit } from './present/commit.js';
import { alphabetical, type Json, repositoryPage } from './present/forms.js';
import { followBranch } from './pull-following.js';
import type { RepositoryState, State } from './state.js';

export interface RefChange {
  /** `refs/heads/…` or `refs/tags/…` */
  readonly ref: string;
  /** Null: created. */
  readonly before: string | null;
  /** Null: deleted. */
  readonly after: string | null;
}

/** The branches and tags that differ between two readings, by name. */
export function compareRefs(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly RefChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort(alphabetical);
  return names
    .filter((ref) => /^refs\/(?:heads|tags)\//u.test(ref) && before.get(ref) !== after.get(ref))
    .map((ref) => ({ ref, before: before.get(ref) ?? null, after: after.get(ref) ?? null }));
}

/** Commits that a push brought: at most 2,048, oldest first. Source: https://docs.github.com/webhooks/webhook-events-and-payloads#push */
async function pushedCommits(
  repository: RepositoryState,
  change: RefChange & { after: string },
): Promise<readonly Commit[]> {
  const { git, settings } = repository;
  const known = change.before ?? (await resolveObject(git, `refs/heads/${settings.defaultBranch}`));
  const range = known === null || known === change.after ? [change.after] : [`${known}..${change.after}`];
  if (change.before === null && known === change.after) return [];
  return (await readCommits(git, ['-n', '2048', ...range])).toReversed();
}

async function pushPayload(
  state: State,
  repository: RepositoryState,
  at: { change: RefChange; actor: Actor },
): Promise<Json> {
  const { change, actor } = at;
  const { before, after } = change;
  const tip = after === null ? null : await resolveObject(repository.git, after);
  const show = (commit: Commit): Json => presentPushedCommit(state, repository, commit);
  const commits =
    tip === null || change.ref.startsWith('refs/tags/')
      ? []
      : await pushedCommits(repository, { ...change, after: tip });
  const forced = before !== null && after !== null && !(await isAncestor(repository.git, before, after));
  const range = `${(before ?? zeroSha).slice(0, 12)}...${(after ?? zeroSha).slice(0, 12)}`;
  return {
    ref: change.ref,
    before: before ?? zeroSha,
    after: after ?? zeroSha,
    created: before === null,
    deleted: after === null,
    forced,
    base_ref: null,
    compare: `${repositoryPage(state, repository)}/compare/${range}`,
    commits: commits.map(show),
    head_commit: tip === null ? null : show(await readCommit(repository.git, tip)),
    pusher: { name: actor.login, email: `${actor.login}@users.noreply.github.com` },
  };
}

async function raisePush(
  state: State,
  repository: RepositoryState,
  at: { change: RefChange; actor: Actor },
): Promise<void> {
  const { change, actor } = at;
  if (!actor.raises) return;
  const payload = await pushPayload(state, repository, at);
  const { git, settings } = repository;
  const fallback = (await resolveObject(git, `refs/heads/${settings.defaultBranch}`)) ?? zeroSha;
  // After a deletion the run's commit is the default branch's.
  // Source: https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#push
  const sha = change.after === null ? fallback : ((await resolveObject(git, change.after)) ?? change.after);
  const message = change.after === null ? '' : (await readCommit(git, sha)).message;
  if (!skipsRuns(message))
    raise(state, repository, { actor, event: { name: 'push', ref: change.ref, sha, payload } });
  if (change.before !== null && change.after !== null) return;
  const kind = change.ref.startsWith('refs/tags/') ? 'tag' : 'branch';
  const short = {
    ref: change.ref.replace(/^refs\/(?:heads|tags)\//u, ''),
    ref_type: kind,
    pusher_type: 'user',
  };
  const event =
    change.after === null
      ? { name: 'delete', ref: `refs/heads/${settings.defaultBranch}`, sha: fallback, payload: short }
      : {
          name: 'create',
          ref: change.ref,
          sha,
          payload: { ...short, master_branch: settings.defaultBranch, description: null },
        };
  raise(state, repository, { actor, event });
}

/** Raises what the changes call for and brings pull requests up to date. Call it after the refs have moved, inside the repository's order. */
export async function refsChanged(
  state: State,
  repository: RepositoryState,
  at: { changes: readonly RefChange[]; actor: Actor },
): Promise<void> {
  const { changes, actor } = at;
  if (changes.length === 0) return;
  repository.pushedAt = state.clock.now();
  // No event for tags when more than three are pushed at once.
  // Source: https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#push
  const tags = changes.filter(({ ref }) => ref.startsWith('refs/tags/'));
  for (const change of changes) {
    if (tags.length > 3 && change.ref.startsWith('refs/tags/')) continue;
    await raisePush(state, repository, { change, actor });
  }
  for (const change of changes) {
    if (change.ref.startsWith('refs/heads/')) await followBranch(state, repository, { change, actor });
  }
}
