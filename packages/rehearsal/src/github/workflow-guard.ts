// Workflow files are written by people and by Apps with the `workflows` permission, which no job token ever has.
import type { Caller } from './callers.js';
import { readRefs } from './git-reading.js';
import type { RepositoryState } from './state.js';

/** `blob TAB path` of every workflow file of a commit, one a line, as `git ls-tree` quotes them. */
async function workflowsOf(repository: RepositoryState, sha: string): Promise<readonly string[]> {
  const text = await repository.git.run(['ls-tree', '-r', sha, '--', '.github/workflows/']);
  return text.split('\n').flatMap((line) => (line === '' ? [] : [line.replace(/^\d+ \w+ /u, '')]));
}

/**
 * The workflow files that the branches hold already; null when the caller may write any. A file with the same path and
 * content on another branch may be pushed without the permission, which is what lets a job merge branches.
 * Source: https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps#available-scopes (`workflow`)
 */
export async function knownWorkflows(
  repository: RepositoryState,
  caller: Caller,
): Promise<readonly string[] | null> {
  const isBound = caller.jobToken || caller.installed === true;
  if (!isBound || caller.level(repository, 'workflows') === 'write') return null;
  const known = new Set<string>();
  for (const [ref, sha] of await readRefs(repository.git)) {
    if (ref.startsWith('refs/heads/'))
      for (const entry of await workflowsOf(repository, sha)) known.add(entry);
  }
  return [...known];
}

/** Why a commit may not be put on a ref, or null; the same words as a push gets. */
export async function workflowRefusal(
  repository: RepositoryState,
  caller: Caller,
  sha: string,
): Promise<string | null> {
  const known = await knownWorkflows(repository, caller);
  if (known === null) return null;
  const stranger = (await workflowsOf(repository, sha)).find((entry) => !known.includes(entry));
  if (stranger === undefined) return null;
  const path = stranger.split('\t')[1] ?? stranger;
  return `refusing to allow a GitHub App to create or update workflow \`${path}\` without \`workflows\` permission`;
}
