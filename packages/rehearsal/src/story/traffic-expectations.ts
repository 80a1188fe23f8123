// Is it so in the traffic? Which part of the customers' requests a version gets, by the proxy's own counters.
import { sum, type TrafficReport } from '../parts/traffic-tally.js';
import { type BuildEvidence, builtDigest } from './built-digest.js';
import type { Wanted } from './expectation-schema.js';

/** What a judgement of traffic needs of a step. */
export interface TrafficEvidence extends BuildEvidence {
  /** Null while no load was begun. */
  readonly traffic: TrafficReport | null;
}

/** So many of the newest answers are counted: few enough that a share which was just set is seen alone. */
const leastAnswers = 100;
/** Points: the proxy deals requests out by weights, and a count may begin or end within one round of them. */
const tolerance = 3;

/** Of the newest answers to the load, the digest that the step's record, or the named step's, has got this part. */
export function judgeTraffic(wanted: Wanted<'traffic'>, evidence: TrafficEvidence): string | null {
  const { image, percent } = wanted;
  const { traffic } = evidence;
  const built = builtDigest(wanted, evidence);
  if ('problem' in built) return built.problem;
  const { digest } = built;
  if (traffic === null) return 'a load was expected, none was begun: put a start-load step before this one';
  const answers = newestAnswers(traffic);
  const all = total(answers);
  if (all < leastAnswers)
    return `${leastAnswers} answers in ${traffic.environment} were expected, ${all} were seen`;
  const own = total(
    [...answers].filter(([endpoint]) => traffic.images.get(endpoint)?.split('@')[1] === digest),
  );
  const found = (100 * own) / all;
  if (Math.abs(found - percent) <= tolerance) return null;
  return `${percent} % of the requests to ${traffic.environment} were expected to be answered by ${image}@${digest}; of the newest ${all} it answered ${found.toFixed(1)} %`;
}

/** By where the instance is. */
function newestAnswers({ samples }: TrafficReport): ReadonlyMap<string, number> {
  let count = 0;
  let first = samples.length;
  while (first > 0 && count < leastAnswers) {
    first -= 1;
    count += total(samples[first]?.answers ?? []);
  }
  return sum(samples.slice(first));
}

function total(answers: Iterable<readonly [string, number]>): number {
  return [...answers].reduce((count, [, each]) => count + each, 0);
}
