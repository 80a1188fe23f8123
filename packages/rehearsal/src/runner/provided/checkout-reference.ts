// Which references checkout fetches, and what it checks out.

export interface Wanted {
  readonly sha: string;
  /** The local reference that gets the commit; `null`: none. */
  readonly destination: string | null;
  /** Arguments of `git checkout`. */
  readonly checkout: readonly string[];
}

/** A full commit id. */
export const commitForm = /^[0-9a-f]{40}$/u;

/** What to fetch and check out for a commit of a known reference. Source: actions/checkout, `ref-helper`. */
export function wantedFor(ref: string, sha: string): Wanted {
  if (ref.startsWith('refs/heads/')) {
    const branch = ref.slice('refs/heads/'.length);
    const destination = `refs/remotes/origin/${branch}`;
    return { sha, destination, checkout: ['-B', branch, destination] };
  }
  if (ref.startsWith('refs/pull/')) {
    const destination = `refs/remotes/pull/${ref.slice('refs/pull/'.length)}`;
    return { sha, destination, checkout: ['--detach', destination] };
  }
  if (ref.startsWith('refs/tags/')) return { sha, destination: ref, checkout: ['--detach', sha] };
  return { sha, destination: null, checkout: ['--detach', sha] };
}

/** Arguments of `git fetch`: one commit with some history, or with depth 0 all branches and tags besides. */
export function fetchArguments(
  { sha, destination }: Wanted,
  depth: number,
  tags: boolean,
): readonly string[] {
  const common = ['fetch', '-q', '--no-tags', '--no-recurse-submodules'];
  const allTags = '+refs/tags/*:refs/tags/*';
  if (depth <= 0) return [...common, 'origin', '+refs/heads/*:refs/remotes/origin/*', allTags, sha];
  const wanted = destination === null ? sha : `+${sha}:${destination}`;
  return [...common, `--depth=${depth}`, 'origin', ...(tags ? [allTags] : []), wanted];
}
