// Which references checkout fetches, and what it checks out.

export interface Wanted {
  /** What is fetched: `source:destination`. */
  readonly refspecs: readonly string[];
  /** Arguments of `git checkout`. */
  readonly checkout: readonly string[];
}

/** A full commit id. */
export const commitForm = /^[0-9a-f]{40}$/u;

/** What to fetch and check out for a commit of a known reference. Source: actions/checkout, `ref-helper`. */
export function wantedFor(ref: string, sha: string): Wanted {
  if (ref.startsWith('refs/heads/')) {
    const branch = ref.slice('refs/heads/'.length);
    const remote = `refs/remotes/origin/${branch}`;
    return { refspecs: [`+${sha}:${remote}`], checkout: ['-B', branch, remote] };
  }
  if (ref.startsWith('refs/pull/')) {
    const remote = `refs/remotes/pull/${ref.slice('refs/pull/'.length)}`;
    return { refspecs: [`+${sha}:${remote}`], checkout: ['--detach', remote] };
  }
  if (ref.startsWith('refs/tags/')) return { refspecs: [`+${sha}:${ref}`], checkout: ['--detach', ref] };
  return { refspecs: [sha], checkout: ['--detach', sha] };
}
