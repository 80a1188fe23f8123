// One step of a strategy under analysis: what is said beforehand, what is gathered at each look, and how it ends.
import { type Analysis, neededFor, observe, type Sample, usualShare } from './analysis.js';
import { add, difference } from './counters.js';
import { DeployError } from './errors.js';
import type { Progress, StrategyTools } from './progress.js';
import { createGathering, createReading, tallyOf } from './samples.js';
import type { Glance, Judge } from './settling.js';
import type { AnalysisPlan } from './strategy-analysis.js';
import { type Counters, type Instance, noTraffic } from './target.js';

/** How one step went; for people and the record. */
export interface StepAnalysis extends Omit<Analysis, 'isClear' | 'cause'> {
  /** Of the requests, 0 to 100; null where signs on them decide. */
  readonly percent: number | null;
  /** 0 to 100 of what both sides got; null without requests. */
  readonly observed: number | null;
  readonly seconds: number;
}

export interface AnalysisTools {
  /** What was counted before anything new had traffic, and since when. */
  readonly before: Before;
  readonly plan: AnalysisPlan;
  readonly progress: Progress;
  readonly tools: StrategyTools;
}

export interface Before {
  readonly at: number;
  readonly counters: Counters;
}

export async function countFormer(
  former: readonly Instance[],
  { deps }: Pick<StrategyTools, 'deps'>,
): Promise<Before> {
  let counters = noTraffic;
  for (const instance of former) counters = add(counters, await deps.target.counters(instance));
  return { at: deps.clock.now(), counters };
}

export interface Step {
  readonly percent: number | null;
  /** Infinity: as long as somebody else says, and only a clear verdict ends it. */
  readonly forMs: number;
  /** It lasts as long as any new instance must prove itself: too few requests in that time are no finding. */
  readonly isSettling?: boolean;
  readonly fresh: readonly Instance[];
  readonly former: readonly Instance[];
}

/** Says how long the step would have to last, and answers who judges it. */
export async function analyse(step: Step, given: AnalysisTools): Promise<Judge> {
  const { plan, before, tools } = given;
  const now = await countFormer(step.former, tools);
  if (Number.isFinite(step.forMs)) say(tools, forecast(step, plan, { before, now }));
  const gather = plan.prometheus === null ? createGathering(plan) : createReading(step, tools.deps.metrics);
  return async (glance) => {
    const isDue = glance.elapsedMs >= step.forMs;
    const { samples, problem } = await gather(glance, isDue);
    // At the whole there is nobody beside it: what the former version did until then is what to compare with.
    const known = step.percent === 100 ? samples.map((each) => withFormer(each, { before, now })) : samples;
    const analysis = observe(known, plan);
    const isOver = analysis.verdict === 'fail' ? isDue || analysis.isClear : isDue;
    const isExtended =
      step.isSettling !== true &&
      plan.undecided === 'extend' &&
      glance.elapsedMs < step.forMs + plan.extendMs;
    if (!isOver || (analysis.verdict === 'not-enough-data' && isExtended)) return false;
    const reason = problem === '' ? analysis.reason : `${analysis.reason}; ${problem}`;
    finish({ ...analysis, reason }, { step, glance, given });
    return true;
  };
}

interface Ending {
  readonly step: Step;
  readonly glance: Glance;
  readonly given: AnalysisTools;
}

/** @throws {DeployError} for a verdict that is no pass and is not let through */
function finish(analysis: Analysis, { step, glance, given }: Ending): void {
  const { plan, progress, tools } = given;
  const { isClear: _, cause, ...facts } = analysis;
  const { requests } = facts.canary;
  const all = requests + facts.baseline.requests;
  const observed = all === 0 || step.percent === 100 ? null : (100 * requests) / all;
  const done = { ...facts, percent: step.percent, observed, seconds: glance.elapsedMs / 1000 };
  progress.analyses.push(done);
  say(tools, `analysis ${where(step)}: ${facts.verdict}, ${facts.reason}`);
  if (facts.verdict === 'pass') return;
  if (facts.verdict === 'fail') throw condemned(cause, facts.reason);
  if (step.isSettling === true) return;
  if (plan.undecided === 'pass') {
    progress.notices.push(
      `the analysis ${where(step)} let the new version pass without enough data: ${facts.reason}`,
    );
    return;
  }
  throw new DeployError({
    code: 'not-enough-data',
    message: `the analysis ${where(step)} ended without enough data: ${facts.reason}`,
    hint: 'Let the step last longer or get a larger share, or write analysis: {undecided: pass}.',
  });
}

function condemned(cause: Analysis['cause'], reason: string): DeployError {
  return new DeployError({
    code: cause === 'latency' ? 'slower-in-traffic' : 'errors-in-traffic',
    message: `the new version is worse than the former one: ${reason}`,
    hint: 'Look at the new instances’ last log lines, in the log and summary of this target’s job.',
  });
}

interface Rates {
  readonly before: Before;
  readonly now: Before;
}

/** What the step needs, from the requests seen while the new version was started. */
function forecast({ percent, forMs, ...step }: Step, plan: AnalysisPlan, { before, now }: Rates): string {
  const usual = usualShare(tallyOf(now.counters));
  const requests = neededFor(usual, plan);
  const worse = Math.max(plan.detect, 2 * usual);
  const asked = `${requests} requests to the new version tell ${points(worse)} errors from ${points(usual)} with ${points(plan.power)} certainty`;
  const seconds = (now.at - before.at) / 1000;
  const rate = difference(now.counters, before.counters).responses / Math.max(seconds, 0.001);
  const known = `analysis ${where({ percent, ...step })}: ${asked}`;
  if (percent === null) return `${known}; the step lasts ${minutes(forMs / 1000)}`;
  const own = (rate * percent) / 100;
  if (own === 0) return `${known}; no request was seen yet; the step lasts ${minutes(forMs / 1000)}`;
  const takes = requests / own;
  const outlook = takes * 1000 > forMs ? ` and may end without enough data (${plan.undecided})` : '';
  return `${known}: ${minutes(takes)} at the ${rate.toFixed(1)} requests/s seen; the step lasts ${minutes(forMs / 1000)}${outlook}`;
}

function where({ percent }: Pick<Step, 'percent'>): string {
  return percent === null ? 'of B' : `at ${percent} %`;
}

function points(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

function minutes(seconds: number): string {
  return seconds < 120 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

function withFormer(sample: Sample, { before, now }: Rates): Sample {
  if (sample.baseline.requests > 0) return sample;
  return { ...sample, baseline: tallyOf(difference(now.counters, before.counters)) };
}

function say({ deps }: StrategyTools, line: string): void {
  deps.say?.(line);
}
