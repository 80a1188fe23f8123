// The routing table of one application, for `headgate check` and the guide.
import type { StageName } from '@headgate/kit/record';
import { pushRoutes } from './route.js';
import type { Configuration } from './schema.js';

export interface RouteRow {
  /** `push`, `pull request`. */
  readonly event: string;
  /** A branch or a pattern such as `feature/*`. */
  readonly branch: string;
  readonly stages: readonly StageName[];
  /** What the stages do, or why none runs. */
  readonly what: string;
}

/** One row for each event that the flow knows, in the order in which work travels. */
export function routes({ branches, images, environments }: Configuration): readonly RouteRow[] {
  const hasImages = Object.keys(images).length > 0;
  const row = (event: string, branch: string, kind: keyof typeof pushRoutes): RouteRow => {
    const work = pushRoutes[kind];
    if (typeof work === 'string') return { event, branch, stages: [], what: work };
    if (!hasImages) return { event, branch, stages: [], what: 'no images are listed' };
    const environment = Object.entries(environments).find(([, block]) => block.branch === work.deploys)?.[0];
    const built = work.images === 'publish' ? 'build, test, publish' : 'build and test';
    if (environment === undefined) return { event, branch, stages: ['images'], what: built };
    return { event, branch, stages: ['images', 'deploy'], what: `${built}, deploy to ${environment}` };
  };
  const pull = (branch: string): RouteRow => row('pull request', branch, 'feature');
  return [
    row('push', `${branches.feature}*`, 'feature'),
    pull(branches.development),
    row('push', branches.development, 'development'),
    row('push', `${branches.release}*`, 'release'),
    row('push', `${branches.hotfix}*`, 'hotfix'),
    pull(branches.production),
    row('push', branches.production, 'production'),
    row('push', `${branches.support}*`, 'support'),
  ];
}
