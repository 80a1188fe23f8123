// What the reference of a `uses:` leads to.
import { existsSync } from 'node:fs';
import type { GitHubHost } from '../model.js';
import { gitObjects } from './git-objects.js';

const fullSha = /^[0-9a-f]{40}$/;

/**
 * The commit and the full reference; null when there is none. In a repository that stands in for all of its releases a
 * reference that does not exist is taken for a tag on its only state.
 */
export async function resolveUsed(
  host: Pick<GitHubHost, 'gitDirectory' | 'repository'>,
  repository: string,
  reference: string,
): Promise<{ readonly sha: string; readonly ref: string } | null> {
  const directory = host.gitDirectory(repository);
  const objects = gitObjects(directory);
  const found = await objects.resolve(reference);
  if (found !== null || !existsSync(directory)) return found;
  const { everyReference = false, defaultBranch } = host.repository(repository);
  if (!everyReference) return null;
  const state = await objects.resolve(defaultBranch);
  const named = fullSha.test(reference) || reference.startsWith('refs/');
  return state === null ? null : { sha: state.sha, ref: named ? reference : `refs/tags/${reference}` };
}
