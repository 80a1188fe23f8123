// What each route runs, and whether an application has anything that a route could work on.
import type { Branch } from './branches.js';
import type { Decision, Finish } from './decision.js';
import type { Configuration, EnvironmentBranch } from './schema.js';

/** `test` builds and runs the test stages; `publish` also publishes. */
export type ImageWork = 'none' | 'test' | 'publish';

export interface Work {
  readonly images: ImageWork;
  readonly machineImages: boolean;
  /** Where the images come from when they are not built here. */
  readonly evidence: Decision['evidence'];
  /** Environments fed by this kind of branch are deployed to. */
  readonly deploys: EnvironmentBranch | null;
  /** Name of the environment that is brought to a released version. */
  readonly restores: string | null;
  /** The plans for environments of this kind of branch are shown to people. */
  readonly shows: EnvironmentBranch | null;
  readonly finish: Finish;
  /** What production has and development lacks is looked for. */
  readonly drift: boolean;
}

export const idleWork: Work = {
  images: 'none',
  machineImages: false,
  evidence: 'none',
  deploys: null,
  restores: null,
  shows: null,
  finish: { promote: false, forecast: false },
  drift: false,
};
export const tested: Work = { ...idleWork, images: 'test' };
const candidate: Work = {
  ...idleWork,
  images: 'publish',
  machineImages: true,
  deploys: 'release',
  finish: { promote: false, forecast: true },
};

/** What a push to each kind of branch runs; a text says why nothing does. */
export const pushRoutes: Readonly<Record<Branch['kind'], Work | string>> = {
  feature: tested,
  development: { ...idleWork, images: 'publish', deploys: 'development' },
  release: candidate,
  hotfix: candidate,
  support: tested,
  production: {
    ...idleWork,
    evidence: 'promote',
    deploys: 'production',
    finish: { promote: true, forecast: false },
  },
  other: 'it is none of the branches of the flow',
};

/** What a pull request runs: into production nothing is built again, what staging ran must be the very same tree. */
export const pullRoutes = {
  development: { ...tested, shows: 'development' },
  production: { ...idleWork, evidence: 'verify' },
  /** Its images are tested as well: nothing of a fork ever ran in staging. */
  untrusted: { ...tested, evidence: 'verify' },
} as const satisfies Record<string, Work>;

/** By hand, from the production branch: a release that is there already. */
export function restored(environment: string): Work {
  return { ...idleWork, evidence: 'restore', restores: environment };
}

/** By the clock: nothing is built or deployed. */
export const watched: Work = { ...idleWork, drift: true };

/** A route without images needs machine images at least: what is deployed is what was built and recorded. */
export function hasWork(work: Work, configuration: Configuration): boolean {
  if (work.drift || Object.keys(configuration.images).length > 0) return true;
  const mayUse = work.machineImages || work.evidence !== 'none';
  return mayUse && Object.keys(configuration['machine-images']).length > 0;
}
