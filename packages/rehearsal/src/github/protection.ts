// Protected branches and tags: which names are protected, and which moves of refs they refuse.
import { matchesRefPattern } from '@headgate/kit/ref-pattern';
import type { Caller } from './callers.js';
import { isAncestor, resolveObject, zeroSha } from './git-reading.js';
import type { RepositoryState } from './state.js';

export const isProtectedBranch = (repository: RepositoryState, branch: string): boolean =>
  repository.settings.protectedBranches.some((pattern) => matchesRefPattern(pattern, branch));

const isAmong = (patterns: readonly string[] | undefined, tag: string): boolean =>
  (patterns ?? []).some((pattern) => matchesRefPattern(pattern, tag));

export interface RefMove {
  readonly ref: string;
  /** Forty zeros: created. */
  readonly from: string;
  /** Forty zeros: deleted. */
  readonly to: string;
}

/**
 * Why a ref may not move, or null. A protected branch may be created, but moves only by a pull request and is never
 * deleted; a protected tag stays where it is, a reserved one is made by those who are free alone. Administrators and
 * Apps on the bypass list are free; a job is always bound, because its App cannot be put on that list.
 * Source: https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/managing-protected-branches/about-protected-branches
 */
export function moveRefusal(repository: RepositoryState, caller: Caller, move: RefMove): string | null {
  if (caller.bypasses(repository)) return null;
  const branch = /^refs\/heads\/(.+)$/u.exec(move.ref)?.[1];
  if (branch !== undefined && move.from !== zeroSha && isProtectedBranch(repository, branch)) {
    if (move.to === zeroSha) return `Cannot delete protected branch ${branch}`;
    return 'Changes must be made through a pull request.';
  }
  const tag = /^refs\/tags\/(.+)$/u.exec(move.ref)?.[1];
  if (tag === undefined) return null;
  const { protectedTags, reservedTags } = repository.settings;
  if (move.from === zeroSha) return isAmong(reservedTags, tag) ? `Cannot create reserved tag ${tag}` : null;
  return isAmong(protectedTags, tag) ? `Cannot update protected tag ${tag}` : null;
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
