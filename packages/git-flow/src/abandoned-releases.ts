// Release and hotfix branches that could still be released, and that nobody has touched for a while.
import type { Branches } from '@headgate/configuration/schema';
import { compareVersions } from '@headgate/configuration/version';
import { claimsIn } from '@headgate/configuration/version-claims';
import type { CommitDescription } from '@headgate/kit/git';
import type { BranchGround } from './branch-ground.js';
import { releasesOf } from './known-history.js';

export interface AbandonedRelease {
  /** Short name. */
  readonly branch: string;
  readonly last: CommitDescription;
}

export interface AbandonedQuestion {
  readonly branches: Branches;
  /** Milliseconds since the epoch: what was committed later is not abandoned. */
  readonly before: number;
}

/** Those whose number is released already are done, however long they stay. Lowest number first. */
export async function abandonedReleases(
  ground: BranchGround,
  { branches, before }: AbandonedQuestion,
): Promise<readonly AbandonedRelease[]> {
  const [highest] = releasesOf(ground.tags);
  const open = claimsIn(await ground.names(), branches)
    .filter(({ version }) => highest === undefined || compareVersions(version, highest.version) > 0)
    .toSorted((left, right) => compareVersions(left.version, right.version));
  const found: AbandonedRelease[] = [];
  for (const { branch } of open) {
    const tip = await ground.tip(branch);
    const [last] = tip === null ? [] : await ground.git.describe([tip]);
    if (last !== undefined && Date.parse(last.at) < before) found.push({ branch, last });
  }
  return found;
}
