// Which stages a run is expected to have, and why.
import type { ExpectedStage, Leg } from './decision.js';
import type { Route } from './route.js';

export interface DecidedLegs {
  readonly images: readonly Leg[];
  readonly targets: readonly Leg[];
  readonly environment: string | null;
}

/** One line a stage, in the order in which they run. */
export function expectedStages(route: Route, legs: DecidedLegs): readonly ExpectedStage[] {
  return [
    { stage: 'images', expected: legs.images.length > 0, reason: imagesReason(route) },
    { stage: 'deploy', expected: legs.targets.length > 0, reason: deployReason(route, legs) },
  ];
}

function imagesReason(route: Route): string {
  if (route.nothing !== null) return route.nothing;
  const what = route.branchKind === 'pull-request' ? 'a pull request' : `a ${route.branchKind} branch`;
  return route.images === 'publish'
    ? `${what} is built, tested and published`
    : `${what} is built and tested; nothing is published`;
}

function deployReason(route: Route, { environment, targets }: DecidedLegs): string {
  if (route.nothing !== null) return route.nothing;
  if (environment !== null) {
    return `to ${environment}: ${targets.length === 1 ? 'one target' : `${targets.length} targets`}`;
  }
  if (route.deploys !== null) return `no environment is fed by ${route.deploys} branches`;
  return route.branchKind === 'pull-request'
    ? 'pull requests are not deployed'
    : `${route.branchKind} branches are not deployed`;
}
