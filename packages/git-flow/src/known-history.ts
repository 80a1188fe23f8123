// The history of the checkout and the names of the remote; of a shallow clone as much as questions need is fetched.
import { compareVersions, parseVersionTag, type Version } from '@headgate/configuration/version';
import type { Deps } from '@headgate/kit/deps';
import { createGit } from '@headgate/kit/git';
import { createGitHistory, type GitHistory } from '@headgate/kit/git-history';
import { createGitRemote, type FetchDepth, type RemoteReference } from '@headgate/kit/git-remote';

export interface KnownHistory extends GitHistory {
  /** Branches as the remote has them now; its tags, and those that were fetched. */
  readonly references: readonly RemoteReference[];
  /** The commit of a branch that was asked for, as it was fetched; null where there is none. */
  tip(branch: string): string | null;
}

export interface HistoryRequest {
  readonly token: string;
  /** Short names of branches that questions will be about, beside what is checked out. */
  readonly branches: readonly string[];
}

/** @throws {ActionError} `github-permission`, `git-failed`; questions: `shallow-checkout` */
export async function openHistory(deps: Deps, { token, branches }: HistoryRequest): Promise<KnownHistory> {
  const { run, context } = deps;
  const { workspace: directory } = context;
  const git = createGit(run, directory);
  const remote = remoteOf(deps, token);
  // A clone that an earlier step has deepened to its end is whole, and has no tags all the same.
  const references = merged(await remote.references(), await git.references());
  const there = references.filter(({ name }) => branches.some((branch) => name === `refs/heads/${branch}`));
  const refspecs = there.map(({ name }) => `+${name}:${tracking(name)}`);
  const shallow = await git.isShallow();
  const tips = new Map<string, string>();
  for (const [index, { name, commit }] of there.entries()) {
    const known = await git.revParse(tracking(name));
    // What is here stays as it was checked out; a shallow clone is not cut again where it has been deepened.
    const missing = shallow ? known !== commit : known === null;
    if (missing) await remote.fetch(refspecs.slice(index, index + 1), shallow ? { depth: 1 } : undefined);
    tips.set(name, (missing ? await git.revParse(tracking(name)) : known) ?? commit);
  }
  const head = await git.revParse('HEAD');
  const deepen = (depth: FetchDepth): Promise<void> =>
    remote.fetch(head === null ? refspecs : [...refspecs, head], depth);
  const history = createGitHistory(run, { directory, deepen });
  return { ...history, references, tip: (branch) => tips.get(`refs/heads/${branch}`) ?? null };
}

function tracking(name: string): string {
  return name.replace('refs/heads/', 'refs/remotes/origin/');
}

function merged(
  remote: readonly RemoteReference[],
  local: readonly RemoteReference[],
): readonly RemoteReference[] {
  const names = new Set(remote.map(({ name }) => name));
  const more = local.filter(({ name }) => name.startsWith('refs/tags/') && !names.has(name));
  return [...remote, ...more];
}

function remoteOf({ run, context, core, signal }: Deps, token: string) {
  const { workspace: directory, serverUrl } = context;
  return createGitRemote(run, { directory, serverUrl, token, setSecret: core.setSecret, signal });
}

export interface Tag {
  readonly name: string;
  readonly commit: string;
}

export function tagsOf({ references }: Pick<KnownHistory, 'references'>): readonly Tag[] {
  const root = 'refs/tags/';
  return references.flatMap(({ name, commit }) =>
    name.startsWith(root) ? [{ name: name.slice(root.length), commit }] : [],
  );
}

export function branchesOf({ references }: Pick<KnownHistory, 'references'>): readonly string[] {
  const root = 'refs/heads/';
  return references.flatMap(({ name }) => (name.startsWith(root) ? [name.slice(root.length)] : []));
}

export interface Release extends Tag {
  readonly version: Version;
}

/** The tags that are versions, highest first. */
export function releasesOf(tags: readonly Tag[]): readonly Release[] {
  return tags
    .flatMap((tag) => {
      const version = parseVersionTag(tag.name);
      return version === null ? [] : [{ ...tag, version }];
    })
    .sort((left, right) => compareVersions(right.version, left.version));
}

/** The highest release that `base` contains; tags that are no versions, and those of other lines, do not count. */
export async function lastRelease(history: KnownHistory, base: string | null): Promise<Release | null> {
  for (const release of releasesOf(tagsOf(history))) {
    if (base === null || (await history.isAncestor(release.commit, base))) return release;
  }
  return null;
}
