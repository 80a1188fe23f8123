// The environments that a headgate.yml asks GitHub for, and which references may use each of them. Pure.
import type { Branches, Configuration, EnvironmentBranch } from '@headgate/configuration/schema';
import { placesOf, previewPlace } from '../wanted-names.js';

export interface WantedEnvironment {
  readonly name: string;
  /** Patterns that it should allow, the environment's own branches first. */
  readonly patterns: readonly string[];
  /** References that must be allowed, and by which pattern. */
  readonly own: readonly (readonly [reference: string, pattern: string])[];
  /** References that must not be. */
  readonly strangers: readonly string[];
}

export function wantedEnvironments(configuration: Configuration): readonly WantedEnvironment[] {
  const { environments, branches } = configuration;
  const own = Object.entries(environments).flatMap(([name, { branch, infrastructure, approval }]) => {
    const planned = Object.keys(infrastructure).length > 0 || approval !== undefined;
    return placesOf(name, planned).map((place) => ({ name: place, ...allowedBy(branch, branches) }));
  });
  const shows = Object.values(environments).some(
    ({ branch, infrastructure }) => branch === 'development' && Object.keys(infrastructure).length > 0,
  );
  const plans = shows ? [{ name: 'pull-request-plan', ...pullRequestsAnd([], branches) }] : [];
  return [...own, ...plans, ...previewEnvironment(configuration)];
}

/**
 * A host by ssh opens to its key alone, also to take previews away: of a merged pull request on the branch that it was
 * merged into, by schedule on the default branch.
 */
function previewEnvironment({ previews, branches }: Configuration): readonly WantedEnvironment[] {
  if (previews === undefined) return [];
  const more = previews.transport === 'ssh' ? [branches.development, branches.production] : [];
  return [{ name: previewPlace, ...pullRequestsAnd(more, branches) }];
}

function pullRequestsAnd(
  more: readonly string[],
  { production, development, feature }: Branches,
): Omit<WantedEnvironment, 'name'> {
  const pattern = 'refs/pull/*/merge';
  const strangers = [production, development, `${feature}x`].filter((name) => !more.includes(name));
  return {
    patterns: [pattern, ...more],
    own: [['refs/pull/1/merge', pattern], ...more.map((name) => [name, name] as const)],
    strangers,
  };
}

function allowedBy(kind: EnvironmentBranch, branches: Branches): Omit<WantedEnvironment, 'name'> {
  const { production, development, feature, release, hotfix } = branches;
  const own: Readonly<Record<EnvironmentBranch, readonly (readonly [string, string])[]>> = {
    development: [[development, development]],
    release: [
      [`${release}1.2.3`, `${release}**`],
      [`${hotfix}1.2.3`, `${hotfix}**`],
    ],
    production: [[production, production]],
  };
  const patterns = [...new Set([...own[kind].map(([, pattern]) => pattern), production])];
  const known = [
    production,
    development,
    `${feature}x`,
    `${release}1.2.3`,
    `${hotfix}1.2.3`,
    'refs/pull/1/merge',
  ];
  const strangers = known.filter((name) => name !== production && !own[kind].some(([each]) => each === name));
  return { patterns, own: own[kind], strangers };
}
