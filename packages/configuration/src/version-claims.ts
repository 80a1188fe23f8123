// Which numbers open release and hotfix branches have claimed, and what may be released beside them.
import { classifyBranch } from './branches.js';
import type { Branches } from './schema.js';
import {
  compareVersions,
  highestVersion,
  parseVersion,
  parseVersionTag,
  showVersion,
  type Version,
} from './version.js';

/** A release or hotfix branch whose name says a version. */
export interface Claim {
  /** Short name. */
  readonly branch: string;
  readonly kind: 'release' | 'hotfix';
  readonly version: Version;
}

export interface TakenNumbers {
  /** All tags of the repository. */
  readonly released: readonly string[];
  /** Those that production contains: other lines do not count for what comes next. */
  readonly production: readonly string[];
  /** What the other branches have claimed. */
  readonly others: readonly Claim[];
}

export function claimsIn(names: readonly string[], branches: Branches): readonly Claim[] {
  return names.flatMap((name) => {
    const { kind, label } = classifyBranch(name, branches);
    const version = parseVersion(label ?? '');
    if ((kind !== 'release' && kind !== 'hotfix') || version === null) return [];
    return [{ branch: name, kind, version }];
  });
}

/**
 * Why this number cannot be released, or null when it can: it must be free and above every release of production, and
 * that of a hotfix must be the patch right after the last release and the hotfixes that are open before it.
 */
export function versionObjection({ kind, version }: Claim, taken: TakenNumbers): string | null {
  const last = highestVersion(taken.production);
  const shown = showVersion(version);
  if (last === null && kind === 'hotfix') return `hotfix ${shown} has no release before it to fix`;
  if (taken.released.some((tag) => isSame(parseVersionTag(tag), version)))
    return `${shown} is released already`;
  if (last !== null && compareVersions(version, last) <= 0)
    return `${shown} is below the last release, ${showVersion(last)}`;
  const rival = taken.others.find((other) => isSame(other.version, version));
  if (rival !== undefined) return `${shown} is claimed by the branch ${rival.branch} too`;
  return kind === 'hotfix' && last !== null ? hotfixObjection(version, last, taken.others) : null;
}

function hotfixObjection(version: Version, last: Version, others: readonly Claim[]): string | null {
  const open = others.filter(({ kind }) => kind === 'hotfix');
  const before: string[] = [];
  let next = { ...last, patch: last.patch + 1 };
  for (let claim = claimOf(next, open); claim !== undefined; claim = claimOf(next, open)) {
    before.push(claim.branch);
    next = { ...next, patch: next.patch + 1 };
  }
  if (isSame(version, next)) return null;
  const after = [showVersion(last), ...before].join(' and ');
  return `hotfix ${showVersion(version)} is not the patch after ${after}, which is ${showVersion(next)}`;
}

function claimOf(version: Version, claims: readonly Claim[]): Claim | undefined {
  return claims.find((claim) => isSame(claim.version, version));
}

function isSame(left: Version | null, right: Version): boolean {
  return left !== null && compareVersions(left, right) === 0;
}
