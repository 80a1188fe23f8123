// The strategy of a target as rolling-deploy reads it, with the people whom its pauses wait for.
import type { Settings } from './decision.js';
import type { References } from './references.js';
import type { ApprovalConfiguration, TargetConfiguration } from './schema.js';
import { checked, places } from './target-forms.js';

type Strategy = NonNullable<TargetConfiguration['strategy']>;

export interface StrategySituation {
  /** Of the target. */
  readonly path: readonly string[];
  readonly references: References;
  /** Whose word counts there; null when nobody's is asked for. */
  readonly approval: ApprovalConfiguration | null;
}

/**
 * Where nobody is asked for approval, as for a way back that was approved before, no step waits for anybody.
 * @throws {ActionError} `invalid-target`
 */
export function strategySettings(
  strategy: Strategy | undefined,
  { path, references, approval }: StrategySituation,
): Settings {
  if (strategy === undefined) return {};
  if (strategy.type === 'ab' && strategy.map !== undefined) {
    const at = [...path, ...places.map.keys];
    const text = references.resolve(strategy.map, at);
    // A missing variable is reported with all others.
    const map = text === null ? '' : checked(at.join('.'), text, places.map);
    return { strategy: { ...given(strategy), map } };
  }
  const waits = strategy.type === 'canary' && strategy.steps.some(isApproval);
  if (!waits) return { strategy: given(strategy) };
  if (approval === null) {
    const steps = strategy.steps.filter((step) => !isApproval(step));
    return { strategy: { ...given(strategy), steps } };
  }
  const { groups, exclude, interval } = approval;
  return {
    strategy: given(strategy),
    approvers: [...new Set(Object.values(groups).flatMap(({ members }) => members))],
    'approvers-exclude': exclude.length === 0 ? ['none'] : exclude,
    'approvers-interval': interval,
  };
}

function isApproval(step: unknown): boolean {
  if (typeof step === 'string') return /^pause: ?approval$/.test(step);
  return typeof step === 'object' && step !== null && 'pause' in step && step.pause === 'approval';
}

/** Without members that were not written. */
function given(value: object): Settings {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    members.map(([key, member]: [string, unknown]) => [key, isMap(member) ? given(member) : member]),
  ) as Settings;
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
