// Where a release goes after production: the development branch, and for a hotfix the releases that are on their way.
import { classifyBranch } from '@headgate/configuration/branches';
import type { Branches } from '@headgate/configuration/schema';
import { compareVersions, highestVersion, parseVersion, type Version } from '@headgate/configuration/version';

export interface BackMergeQuestion {
  readonly branches: Branches;
  /** True for a hotfix: open releases must have it too. */
  readonly hotfix: boolean;
  /** X.Y.Z of what is merged back. */
  readonly version: string;
  /** Short names of the branches on the remote. */
  readonly known: readonly string[];
  readonly tags: readonly string[];
}

/** Short names; development first, releases by number. Never a support branch, and never the production branch. */
export function backMergeTargets({
  branches,
  hotfix,
  version,
  known,
  tags,
}: BackMergeQuestion): readonly string[] {
  if (!hotfix) return [branches.development];
  const own = parseVersion(version);
  const last = highestVersion([...tags, version]);
  const releases = known
    .map((name) => ({ name, number: releaseNumber(name, branches) }))
    .filter((release): release is Release => release.number !== null)
    .filter(({ number }) => isOpen(number, last) && !isSame(number, own))
    .sort((left, right) => compareVersions(left.number, right.number));
  return [branches.development, ...releases.map(({ name }) => name)];
}

interface Release {
  readonly name: string;
  readonly number: Version;
}

function releaseNumber(name: string, branches: Branches): Version | null {
  const { kind, label } = classifyBranch(name, branches);
  return kind === 'release' ? parseVersion(label ?? '') : null;
}

/** A number at or below the last release can be released no more: the branch was forgotten. */
function isOpen(number: Version, last: Version | null): boolean {
  return last === null || compareVersions(number, last) > 0;
}

function isSame(left: Version, right: Version | null): boolean {
  return right !== null && compareVersions(left, right) === 0;
}
