// Which stage of a Dockerfile ships, which ones test it, and what the shipping one says of port and health. Pure.
import type { ComposeService } from './compose.js';
import {
  ancestryOf,
  type Dockerfile,
  exposedPort,
  healthCheckOf,
  healthPathIn,
  lineOf,
} from './dockerfile.js';

/** What a Dockerfile gives to headgate.yml. */
export interface StageChoice {
  readonly target: string | null;
  /** Why that stage. */
  readonly because: string;
  readonly tests: readonly string[];
  readonly port: number | null;
  readonly healthPath: string | null;
}

/** What people build to work on is not what ships. */
const developmentStage = /(?:^|[-_.])(?:dev|develop|development|debug|local)(?:$|[-_.])/;
const testStage = /(?:^|[-_.])(?:tests?|testing|lint|checks?|verify|spec)(?:$|[-_.])|^unit/;

/** @param builds services that are built from it */
export function chooseStages(
  dockerfile: Dockerfile,
  builds: readonly Pick<ComposeService, 'build'>[],
): StageChoice {
  const { stages } = dockerfile;
  const wanted = builds
    .map(({ build }) => build?.target?.toLowerCase() ?? null)
    .find((target) => target !== null);
  const isShipping = wanted !== undefined && !isOther(wanted);
  const named = isShipping ? stages.findLastIndex(({ name }) => name === wanted) : -1;
  const shipped = named >= 0 ? named : lastShipping(dockerfile);
  const line = lineOf(stages, shipped);
  const ancestry = ancestryOf(stages, shipped);
  const check = healthCheckOf(ancestry);
  const tests = stages
    .filter((stage) => !line.includes(stage))
    .flatMap(({ name }) => (name !== null && testStage.test(name) ? [name] : []));
  return {
    target: stages.length > 1 ? (stages[shipped]?.name ?? null) : null,
    because: reasonFor(dockerfile, { named, shipped, wanted }),
    tests: [...new Set(tests)],
    port: exposedPort(ancestry),
    healthPath: check === null ? null : healthPathIn(check),
  };
}

/** Stages for tests and for people's own work. */
function isOther(name: string): boolean {
  return testStage.test(name) || developmentStage.test(name);
}

function reasonFor(
  { stages }: Dockerfile,
  {
    named,
    shipped,
    wanted,
  }: { readonly named: number; readonly shipped: number; readonly wanted: string | undefined },
): string {
  if (named >= 0) return 'the stage that compose builds';
  const last =
    shipped === stages.length - 1 ? 'the last stage' : 'the last that is not for tests or development';
  return wanted === undefined ? last : `${last}; compose builds ${wanted} to work on`;
}

/** The last stage, unless it is one for tests or development and another is not. */
function lastShipping({ stages }: Dockerfile): number {
  const found = stages.findLastIndex(({ name }) => name === null || !isOther(name));
  return found < 0 ? stages.length - 1 : found;
}
