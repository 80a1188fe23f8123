// Is one share of errors really worse than another? The binomial distribution, its tail, and how many requests tell; pure.

/** One-sided: chance of taking a version away that is as good as the former one. */
export const alpha = 0.01;

/** Chance of `least` or more successes among `trials` of chance `chance` each. */
export function tail(least: number, trials: number, chance: number): number {
  if (least <= 0) return 1;
  if (least > trials || chance <= 0) return 0;
  if (chance >= 1) return 1;
  // The shorter side, begun at its largest term: nothing is lost among small numbers.
  if (least <= trials * chance) return 1 - sumTerms(least - 1, -1, { trials, chance });
  return sumTerms(least, 1, { trials, chance });
}

interface Trials {
  readonly trials: number;
  readonly chance: number;
}

/** The terms from `first` on, away from the middle, until they no longer count. */
function sumTerms(first: number, step: 1 | -1, { trials, chance }: Trials): number {
  const odds = chance / (1 - chance);
  let term = Math.exp(logTerm(first, { trials, chance }));
  let sum = 0;
  for (let at = first; at >= 0 && at <= trials && term > sum * 1e-17; at += step) {
    sum += term;
    term *= step === 1 ? ((trials - at) / (at + 1)) * odds : at / (trials - at + 1) / odds;
  }
  return Math.min(1, sum);
}

function logTerm(at: number, { trials, chance }: Trials): number {
  const ways = logFactorial(trials) - logFactorial(at) - logFactorial(trials - at);
  return ways + at * Math.log(chance) + (trials - at) * Math.log1p(-chance);
}

/** Stirling's series, exact to 1e-10 from 10 on. */
function logFactorial(n: number): number {
  if (n < 10) {
    let product = 1;
    for (let factor = 2; factor <= n; factor += 1) product *= factor;
    return Math.log(product);
  }
  const series = 1 / (12 * n) - 1 / (360 * n ** 3) + 1 / (1260 * n ** 5);
  return n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + series;
}

export interface Rates {
  /** Share of errors that is nothing new, 0 to 1. */
  readonly usual: number;
  /** Share of errors that must be found out. */
  readonly worse: number;
  /** With this certainty, 0 to 1. */
  readonly power: number;
}

export interface Need {
  /** Infinity when no number that can be waited for is enough. */
  readonly requests: number;
  /** As many errors among them are no chance any more. */
  readonly failAt: number;
}

const mostErrors = 2_000;

/**
 * How many requests tell `worse` from `usual`: the least number of errors that would condemn for which as many requests
 * make the worse version nearly always so many errors, and a usual one hardly ever.
 */
export function needed(rates: Rates): Need {
  const { usual, worse } = rates;
  const never = { requests: Number.POSITIVE_INFINITY, failAt: 0 };
  if (worse <= usual || worse <= 0) return never;
  const tells = (failAt: number): boolean => tail(failAt, requestsFor(failAt, rates), usual) <= alpha;
  let high = 1;
  while (high < mostErrors && !tells(high)) high *= 2;
  if (high >= mostErrors) return never;
  const failAt = search(Math.floor(high / 2) + 1, high, tells);
  return { requests: requestsFor(failAt, rates), failAt };
}

/** So many make the worse version commit `failAt` errors with the certainty asked for. */
function requestsFor(failAt: number, { worse, power }: Rates): number {
  const isEnough = (count: number): boolean => tail(failAt, count, worse) >= power;
  let high = Math.ceil(failAt / worse);
  while (!isEnough(high)) high *= 2;
  return rounded(search(failAt, high, isEnough));
}

/** Up, to a number that people can keep in mind. */
function rounded(requests: number): number {
  const step = requests <= 100 ? 5 : 20;
  return Math.ceil(requests / step) * step;
}

/** The least number from `low` to `high` that is enough; more is always enough too, and `high` is. */
function search(low: number, high: number, isEnough: (count: number) => boolean): number {
  let [below, enough] = [low - 1, high];
  while (enough - below > 1) {
    const middle = Math.floor((below + enough) / 2);
    if (isEnough(middle)) enough = middle;
    else below = middle;
  }
  return enough;
}
