// What a strategy would do, one sentence a stage; pure.
import { counted } from '@headgate/kit/summary';
import type { RolloutPlan } from './plan.js';
import { planRounds, type Round } from './rounds.js';
import type { Canary, Strategy } from './strategy.js';
import type { Instance } from './target.js';

const allRequests = 'give all requests to the new version in one change of the proxy';

/** Nothing for a plan that changes nothing. */
export function stagesOf(
  plan: RolloutPlan,
  strategy: Strategy,
  wanted: number,
  settleMs: number,
): readonly string[] {
  if (plan.unchanged) return [];
  switch (strategy.kind) {
    case 'rolling':
      return planRounds({ ...plan, wanted }, strategy).map((round) => roundWords(round, settleMs));
    case 'blue-green': {
      const missing = wanted - plan.kept.length;
      return [
        `start ${counted(missing, 'instance')} without traffic`,
        allRequests,
        `keep the former one ready for ${seconds(Math.max(strategy.warmMs, settleMs))}`,
        leaving(plan.replaced),
      ].filter((words) => words !== '');
    }
    case 'canary':
      return canaryWords(plan, strategy, wanted, settleMs);
    case 'ab': {
      const { sign, forMs, ending } = strategy;
      const ends =
        ending === 'back' ? ['take the new version away again'] : [allRequests, leaving(plan.replaced)];
      return [
        `start ${counted(wanted - plan.kept.length, 'instance')} without traffic`,
        `give requests with the ${sign.kind} ${sign.name}: ${sign.value} to the new version for ${seconds(forMs)}`,
        ...ends,
      ].filter((words) => words !== '');
    }
  }
}

function roundWords({ first, start, keep, replace }: Round, settleMs: number): string {
  const begun = keep === null ? `start ${counted(start.length, 'instance')}` : `keep ${keep.name}`;
  const parts = [leaving(first), `${begun} in traffic for ${seconds(settleMs)}`, leaving(replace)];
  return parts.filter((words) => words !== '').join(', then ');
}

function canaryWords(
  plan: RolloutPlan,
  { steps }: Canary,
  wanted: number,
  settleMs: number,
): readonly string[] {
  // Nothing to compare with: all at once.
  const shares = plan.replaced.length === 0 ? steps.slice(-1) : steps;
  const words = shares.flatMap(({ percent, forMs, pauses = [] }) => {
    const count = Math.max(Math.ceil((wanted * percent) / 100), plan.kept.length);
    return [
      `give ${percent} % of the requests to ${counted(count, 'instance')} for ${seconds(forMs ?? settleMs)}`,
      ...pauses.map((pause) =>
        pause.kind === 'time' ? `pause for ${seconds(pause.forMs)}` : 'pause until somebody approves',
      ),
    ];
  });
  return [...words, leaving(plan.replaced)].filter((sentence) => sentence !== '');
}

function leaving(instances: readonly Instance[]): string {
  return instances.length === 0 ? '' : `drain and stop ${instances.map(({ name }) => name).join(', ')}`;
}

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}
