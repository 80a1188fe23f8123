// The number of this build and the tags its images get.

import { tagFor } from '@headgate/kit/registry/tag-name';
import type { Facts } from './facts.js';
import { failure } from './failures.js';
import type { Route } from './route.js';
import type { Branches } from './schema.js';
import { candidateVersion, developmentVersion, parseVersion, showVersion } from './version.js';
import { claimsIn, versionObjection } from './version-claims.js';

export interface BuildVersion {
  /** From release/X.Y.Z and hotfix/X.Y.Z; else null. */
  readonly version: string | null;
  /** Never moved once published. */
  readonly tags: readonly string[];
  /** Follow the newest build of their branch. */
  readonly movingTags: readonly string[];
}

const none: BuildVersion = { version: null, tags: [], movingTags: [] };

type VersionFacts = Pick<
  Facts,
  'tags' | 'lastRelease' | 'remoteBranches' | 'commits' | 'commit' | 'event' | 'restored'
>;

/**
 * What a route's images are called.
 * @throws {ActionError} `invalid-version` when a release or hotfix branch names no version that may come next.
 */
export function buildVersion(route: Route, facts: VersionFacts, branches: Branches): BuildVersion {
  const { branchKind, branch } = route;
  if (facts.restored !== undefined) return { ...none, version: facts.restored.version };
  // The pull request of a release: the run of its branch has judged the number.
  if (branchKind === 'pull-request' && parseVersion(route.label ?? '') !== null)
    return { ...none, version: route.label };
  if (route.images !== 'publish') return none;
  // A preview's images: by digest for the host, by one moving tag for whoever tidies the registry up.
  if (facts.event.kind === 'pull-request')
    return { ...none, movingTags: [tagFor(`pr-${facts.event.number}`)] };
  const production = facts.lastRelease === null ? [] : [facts.lastRelease];
  if (branchKind === 'development') {
    const tags = [developmentVersion(production, facts.commits, facts.commit)];
    return { version: null, tags, movingTags: [tagFor(branch)] };
  }
  if (branchKind !== 'release' && branchKind !== 'hotfix') return none;
  const version = parseVersion(route.label ?? '');
  const cure =
    'Rename the branch: the number after its prefix is the version, X.Y.Z, above every released one.';
  if (version === null) {
    throw failure('invalid-version', `the branch ${branch} was expected to end in a version X.Y.Z`, cure);
  }
  const others = claimsIn(facts.remoteBranches, branches).filter((claim) => claim.branch !== branch);
  const taken = { released: facts.tags, production, others };
  const objection = versionObjection({ branch, kind: branchKind, version }, taken);
  if (objection !== null)
    throw failure('invalid-version', `the branch ${branch} cannot be released: ${objection}`, cure);
  return {
    version: showVersion(version),
    tags: [candidateVersion(version, facts.commits)],
    movingTags: [],
  };
}
