// Protected branches and tags: which names are protected, and which moves of refs they refuse.
import type { Caller } from './callers.js';
import { isAncestor, resolveObject, zeroSha } from './git-reading.js';
import type { RepositoryState } from './state.js';

/**
 * Patterns as in GitHub's protections: `*` stays inside one part of a name, `**` crosses slashes.
 * Source: https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/creating-rulesets-for-a-repository#using-fnmatch-syntax
 */
export function matchesPattern(pattern: string, name: string): boolean {
  const source = pattern.replace(/\*\*\/?|\*|\?|[.+^${}()|[\]\\]/gu, (part) => {
    if (part.startsWith('**')) return '.*';
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : `\\${part}`;
  });
  return new RegExp(`^${source}$`, 'u').test(name);
}

export const isProtectedBranch = (repository: RepositoryState, branch: string): boolean =>
  repository.settings.protectedBranches.some((pattern) => matchesPattern(pattern, branch));

const isProtectedTag = (repository: RepositoryState, tag: string): boolean =>
  (repository.settings.protectedTags ?? []).some((pattern) => matchesPattern(pattern, tag));

export interface RefMove {
  readonly ref: string;
  /** Forty zeros: created. */
  readonly from: string;
  /** Forty zeros: deleted. */
  readonly to: string;
}

/**
 * Why a ref may not move, or null. A protected branch may be created, but moves only by a pull request and is never
 * deleted; a protected tag stays where it is. Administrators and Apps on the bypass list
 * are free; a job is always bound, because its App cannot be put on that list.
 * Source: https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/managing-protected-branches/about-protected-branches
 */
export function moveRefusal(repository: RepositoryState, caller: Caller, move: RefMove): string | null {
  if (caller.bypasses(repository) || move.from === zeroSha) return null;
  const branch = /^refs\/heads\/(.+)$/u.exec(move.ref)?.[1];
  if (branch !== undefined && isProtectedBranch(repository, branch)) {
    if (move.to === zeroSha) return `Cannot delete protected branch ${branch}`;
    return 'Changes must be made through a pull request.';
  }
  const tag = /^refs\/tags\/(.+)$/u.exec(move.ref)?.[1];
  return tag !== undefined && isProtectedTag(repository, tag) ? `Cannot update protected tag ${tag}` : null;
}

/** Of the refs of a push, those that are refused. The default branch cannot be deleted by anybody. */
export async function refusedRefs(
  repository: RepositoryState,
  caller: Caller,
  moves: readonly RefMove[],
): Promise<readonly string[]> {
  const refused: string[] = [];
  for (const move of moves) {
    const isDefault = move.ref === `refs/heads/${repository.settings.defaultBranch}` && move.to === zeroSha;
    // The client's idea of the old value is not trusted: what the repository holds counts.
    const from = (await resolveObject(repository.git, move.ref, 'object')) ?? zeroSha;
    if (isDefault || moveRefusal(repository, caller, { ...move, from }) !== null) refused.push(move.ref);
  }
  return refused;
}

/** True when `to` contains `from`: an update without force. */
export const isFastForward = (repository: RepositoryState, from: string, to: string): Promise<boolean> =>
  isAncestor(repository.git, from, to);
