// The strategy of a target as rolling-deploy reads it, with the people whom its pauses wait for.
import type { Settings } from './decision.js';
import type { ApprovalConfiguration, TargetConfiguration } from './schema.js';

type Strategy = NonNullable<TargetConfiguration['strategy']>;

/** Where nobody is asked for approval, as for a way back that was approved before, no step waits for anybody. */
export function strategySettings(
  strategy: Strategy | undefined,
  approval: ApprovalConfiguration | null,
): Settings {
  if (strategy === undefined) return {};
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
