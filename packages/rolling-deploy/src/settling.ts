// The wait in which new instances prove themselves in traffic, together.
import { add, difference } from './counters.js';
import { type Evidence, noEvidence } from './evidence.js';
import type { Subject } from './life.js';
import { look, passed, pause, subjectOf, type WaitTools } from './look.js';
import { type Counters, type Instance, noTraffic, type Target } from './target.js';
import { judgeTraffic } from './verdict.js';

/** Instances that must keep up in traffic together. */
export interface Proof {
  readonly newcomers: readonly Instance[];
  /** The former version's, to compare with. */
  readonly others: readonly Instance[];
  /** Milliseconds. */
  readonly forMs: number;
  /** Told whom is looked at next. */
  readonly look: (instance: Instance) => void;
  /** Decides in the place of time and of counted errors, while all of them keep up. */
  readonly judge?: Judge;
}

/** Answers whether the wait is over. @throws {DeployError} the reason to undo */
export type Judge = (glance: Glance) => Promise<boolean>;

/** What was counted until one look. */
export interface Glance {
  readonly elapsedMs: number;
  readonly newcomers: readonly Counted[];
  readonly others: readonly Counted[];
}

export interface Counted {
  readonly name: string;
  readonly before: Counters;
  readonly now: Counters;
}

/** What is remembered of one newcomer between two looks. */
interface Watched {
  readonly instance: Instance;
  readonly subject: Subject;
  readonly before: Counters;
  evidence: Evidence;
  now: Counters;
}

async function begin(instance: Instance, { target, fit }: WaitTools): Promise<Watched> {
  const before = await target.counters(instance);
  const subject = fit.get(instance.id) ?? subjectOf(instance, null);
  return { instance, subject, before, evidence: noEvidence, now: before };
}

/** Answers what they did meanwhile, summed. @throws {DeployError} of the first that does not keep up */
export async function waitSettled(proof: Proof, tools: WaitTools): Promise<Counters> {
  const { target, clock, times } = tools;
  const { newcomers, forMs, judge, look: tell } = proof;
  const began = clock.now();
  const watched: Watched[] = [];
  for (const instance of newcomers) {
    tell(instance);
    watched.push(await begin(instance, tools));
  }
  const usual = await countAll(target, proof.others);
  for (let isDue = true; ; ) {
    const others = await countAll(target, proof.others, usual);
    const meanwhile = others.reduce(gained, noTraffic);
    const time = { elapsedMs: clock.now() - began, deadlineMs: forMs };
    let fit = 0;
    for (const each of watched) {
      tell(each.instance);
      each.evidence = await look({ ...each, isDue }, tools);
      each.now = await target.counters(each.instance);
      const own = difference(each.now, each.before);
      const sample = { evidence: each.evidence, own, others: meanwhile, analysed: judge !== undefined };
      if (passed(judgeTraffic(each.subject, sample, time))) fit += 1;
    }
    const counted = watched.map(({ instance, before, now }) => ({ name: instance.name, before, now }));
    const glance = { elapsedMs: time.elapsedMs, newcomers: counted, others };
    const isOver = judge === undefined ? fit === watched.length : await judge(glance);
    if (isOver) return counted.reduce(gained, noTraffic);
    const left = forMs - time.elapsedMs;
    isDue = await pause(Math.min(times.healthIntervalMs, left > 0 ? left : times.healthIntervalMs), tools);
  }
}

function gained(total: Counters, { before, now }: Counted): Counters {
  return add(total, difference(now, before));
}

async function countAll(
  target: Target,
  instances: readonly Instance[],
  from: readonly Counted[] = [],
): Promise<readonly Counted[]> {
  const counted: Counted[] = [];
  for (const [index, instance] of instances.entries()) {
    const now = await target.counters(instance);
    counted.push({ name: instance.name, now, before: from[index]?.before ?? now });
  }
  return counted;
}
