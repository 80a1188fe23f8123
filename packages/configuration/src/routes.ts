// The routing table of one application, for `headgate check` and the guide.
import type { StageName } from '@headgate/kit/record-parts';
import type { Configuration, EnvironmentConfiguration } from './schema.js';
import { hasWork, pullRoutes, pushRoutes, type Work } from './work.js';

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
export function routes(configuration: Configuration): readonly RouteRow[] {
  const { branches } = configuration;
  const push = (branch: string, kind: keyof typeof pushRoutes): RouteRow => {
    const work = pushRoutes[kind];
    if (typeof work === 'string') return { event: 'push', branch, stages: [], what: work };
    return { event: 'push', branch, ...describe(work, configuration) };
  };
  const pull = (branch: string, work: Work): RouteRow => ({
    event: 'pull request',
    branch,
    ...describe(work, configuration),
  });
  const forecast = { ...pullRoutes.production, finish: { promote: false, forecast: true } };
  return [
    push(`${branches.feature}*`, 'feature'),
    previewed(pull(branches.development, developmentWork(configuration)), configuration),
    push(branches.development, 'development'),
    push(`${branches.release}*`, 'release'),
    push(`${branches.hotfix}*`, 'hotfix'),
    pull(branches.production, forecast),
    push(branches.production, 'production'),
    push(`${branches.support}*`, 'support'),
    { event: 'schedule', branch: 'default branch', stages: [], what: 'drift of the back-merge' },
  ];
}

/** What a preview shows is published first. */
function developmentWork({ previews }: Configuration): Work {
  return previews === undefined ? pullRoutes.development : { ...pullRoutes.development, images: 'publish' };
}

function previewed(row: RouteRow, { previews }: Configuration): RouteRow {
  if (previews === undefined || row.stages.length === 0) return row;
  return { ...row, what: `${row.what}, show a preview` };
}

function describe(work: Work, configuration: Configuration): Pick<RouteRow, 'stages' | 'what'> {
  if (!hasWork(work, configuration)) return { stages: [], what: 'no images are listed' };
  const environments = Object.entries(configuration.environments);
  const environment = environments.find(([, block]) => block.branch === work.deploys);
  const steps = [...buildSteps(work, configuration), ...environmentSteps(environment), ...finishSteps(work)];
  return {
    stages: [...new Set(steps.flatMap(({ stage }) => (stage === null ? [] : [stage])))],
    what: steps.map(({ text }) => text).join(', '),
  };
}

interface Step {
  readonly stage: StageName | null;
  readonly text: string;
}

function buildSteps(work: Work, configuration: Configuration): readonly Step[] {
  const hasImages = Object.keys(configuration.images).length > 0;
  const hasMachineImages = Object.keys(configuration['machine-images']).length > 0;
  const built = work.images === 'publish' ? 'build, test, publish' : 'build and test';
  return [
    ...(work.evidence === 'none' ? [] : [{ stage: null, text: 'the digests that staging ran' }]),
    ...(work.images === 'none' || !hasImages ? [] : [{ stage: 'images' as const, text: built }]),
    ...(work.machineImages && hasMachineImages
      ? [{ stage: 'machine-images' as const, text: 'build machine images' }]
      : []),
  ];
}

function environmentSteps(
  environment: readonly [string, EnvironmentConfiguration] | undefined,
): readonly Step[] {
  if (environment === undefined) return [];
  const [name, { infrastructure, approval }] = environment;
  const plans = Object.keys(infrastructure).length > 0;
  return [
    ...(plans || approval !== undefined ? [{ stage: 'plan' as const, text: `plan for ${name}` }] : []),
    ...(approval === undefined ? [] : [{ stage: 'approval' as const, text: 'wait for approval' }]),
    ...(plans ? [{ stage: 'deploy' as const, text: 'apply' }] : []),
    { stage: 'deploy', text: `deploy to ${name}` },
  ];
}

function finishSteps({ finish }: Work): readonly Step[] {
  if (finish.promote) return [{ stage: 'finish', text: 'tag, release and merge back' }];
  return finish.forecast ? [{ stage: 'finish', text: 'forecast of the back-merge' }] : [];
}
