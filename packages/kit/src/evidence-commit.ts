// What GitHub says of the commit behind a run: its tree, and the workflow file that it was started with.
import type { GitHub } from './github.js';
import { dataOrNull } from './octokit-errors.js';

/** The file that starts the workflow, at the commit of a run and in production. */
export interface CallerChange {
  readonly path: string;
  /** Commit of the run. */
  readonly commit: string;
  /** Commit of production before the merge; the file may be absent there. */
  readonly production: string;
}

/** Null when the commit is gone. Needs `contents: read`. */
export async function treeOf(github: GitHub, commit: string): Promise<string | null> {
  const route = 'GET /repos/{owner}/{repo}/git/commits/{commit_sha}';
  const found = await dataOrNull(
    github.request<{ readonly tree: { readonly sha: string } }>(route, { commit_sha: commit }),
  );
  return found?.tree.sha ?? null;
}

/** Compares object names. A file that is nowhere is not the same. */
export async function isSameFile(
  github: GitHub,
  { path, commit, production }: CallerChange,
): Promise<boolean> {
  const there = await blobOf(github, path, commit);
  return there !== null && there === (await blobOf(github, path, production));
}

/** The object name of a file at a commit; null when it is not there. */
async function blobOf(github: GitHub, path: string, ref: string): Promise<string | null> {
  const route = 'GET /repos/{owner}/{repo}/contents/{path}';
  const found = await dataOrNull(github.request<{ readonly sha?: string }>(route, { path, ref }));
  return found?.sha ?? null;
}
