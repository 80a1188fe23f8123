// Which stages a run is expected to have, and why.
import type { ExpectedStage, Leg } from './decision.js';
import type { Route } from './route.js';

export interface DecidedLegs {
  readonly images: readonly Leg[];
  readonly machineImages: readonly Leg[];
  readonly plans: readonly Leg[];
  readonly approval: Leg | null;
  readonly targets: readonly Leg[];
  readonly environment: string | null;
  /** Kinds of news that somebody hears of. */
  readonly news: readonly string[];
}

type Reason = Omit<ExpectedStage, 'stage'>;

/** One line a stage, in the order in which they run. */
export function expectedStages(route: Route, legs: DecidedLegs): readonly ExpectedStage[] {
  if (route.nothing !== null || route.drift) {
    const reason = route.nothing ?? 'a schedule changes nothing: it only looks for drift';
    return order.map((stage) => ({ stage, expected: false, reason }));
  }
  return [
    { stage: 'images', ...images(route, legs) },
    { stage: 'machine-images', ...machineImages(route, legs) },
    { stage: 'plan', ...plan(legs) },
    { stage: 'approval', ...approval(legs) },
    { stage: 'deploy', ...deploy(route, legs) },
    { stage: 'finish', ...finish(route) },
    { stage: 'notify', ...notify(legs) },
  ];
}

const order = ['images', 'machine-images', 'plan', 'approval', 'deploy', 'finish', 'notify'] as const;

function images(route: Route, legs: DecidedLegs): Reason {
  const expected = legs.images.length > 0;
  if (route.evidence === 'promote')
    return {
      expected,
      reason: 'nothing is built again: the digests are those that staging ran for this tree',
    };
  if (route.evidence === 'restore')
    return { expected, reason: 'nothing is built again: the digests are those of the release' };
  if (!expected && route.evidence === 'verify')
    return { expected, reason: 'nothing is built again: staging must have run this very tree' };
  const what = route.branchKind === 'pull-request' ? 'a pull request' : `a ${route.branchKind} branch`;
  const reason =
    route.images === 'publish'
      ? `${what} is built, tested and published`
      : `${what} is built and tested; nothing is published`;
  return { expected, reason };
}

function machineImages(route: Route, { machineImages: { length } }: DecidedLegs): Reason {
  if (length > 0) return { expected: true, reason: count(length, 'template') };
  const reason = route.machineImages
    ? 'no machine images are listed'
    : route.evidence === 'promote'
      ? 'they are those of staging'
      : route.evidence === 'restore'
        ? 'they are those of the release'
        : 'they are built for releases and hotfixes';
  return { expected: false, reason };
}

function plan({ plans, approval: asked, environment }: DecidedLegs): Reason {
  if (environment === null) return { expected: false, reason: 'nothing is deployed' };
  if (plans.length > 0)
    return { expected: true, reason: `${count(plans.length, 'plan')} for ${environment}` };
  return asked === null
    ? { expected: false, reason: `${environment} has no infrastructure and asks for no approval` }
    : { expected: true, reason: `what ${environment} is made with is part of what is approved` };
}

function approval({ approval: asked, environment }: DecidedLegs): Reason {
  if (asked !== null) return { expected: true, reason: `${environment ?? ''} asks for it` };
  const reason = environment === null ? 'nothing is deployed' : `${environment} asks for none`;
  return { expected: false, reason };
}

function deploy(route: Route, { environment, targets, plans }: DecidedLegs): Reason {
  const expected = targets.length > 0 || plans.length > 0;
  if (environment !== null) {
    const applied = plans.length > 0 ? `${count(plans.length, 'plan')}, ` : '';
    return { expected, reason: `to ${environment}: ${applied}${count(targets.length, 'target')}` };
  }
  if (route.deploys !== null)
    return { expected, reason: `no environment is fed by ${route.deploys} branches` };
  const what = route.branchKind === 'pull-request' ? 'pull requests' : `${route.branchKind} branches`;
  return { expected, reason: `${what} are not deployed` };
}

function finish({ finish: { promote, forecast } }: Route): Reason {
  if (promote) return { expected: true, reason: 'the commit is tagged, released and merged back' };
  return forecast
    ? { expected: true, reason: 'what the back-merge will meet is said beforehand' }
    : { expected: false, reason: 'nothing is tagged or merged back' };
}

function notify({ news }: DecidedLegs): Reason {
  return news.length > 0
    ? { expected: true, reason: `news of: ${news.join(', ')}` }
    : { expected: false, reason: 'nobody asked for news of this run' };
}

function count(number: number, what: string): string {
  return number === 1 ? `one ${what}` : `${number} ${what}s`;
}
