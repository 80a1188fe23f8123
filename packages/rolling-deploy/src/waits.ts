// The three waits of a swap, each with a deadline, an interval and a cancel path.
import { noEvidence } from './evidence.js';
import { look, passed, pause, subjectOf, type WaitDeps, type WaitTools } from './look.js';
import { type Proof, waitSettled } from './settling.js';
import type { Counters, Instance, Watch } from './target.js';
import { judgeStart } from './verdict.js';

/** Milliseconds between two looks at the number of requests in flight; the first ones are closer: most end at once. */
const drainIntervalMs = { first: 10, most: 100 };

export interface Waits {
  /** @throws {DeployError} as its start is judged */
  ready(instance: Instance): Promise<void>;
  /** Answers what the newcomers did meanwhile, summed. @throws {DeployError} as an instance in traffic is judged */
  settled(proof: Proof): Promise<Counters>;
  /** Answers the number of requests still in flight at the deadline. */
  drained(instance: Instance): Promise<number>;
  /** Listens to the platform no longer. */
  close(): void;
}

export function createWaits(deps: WaitDeps): Waits {
  let watch: Watch | null = null;
  const listen = (): Watch => {
    watch ??= deps.target.watch();
    return watch;
  };
  const tools: WaitTools = { ...deps, fit: new Map(), watch: listen };
  return {
    ready: (instance) => waitReady(instance, tools),
    settled: (proof) => waitSettled(proof, tools),
    drained: (instance) => waitDrained(instance, deps),
    close: () => watch?.close(),
  };
}

async function waitReady(instance: Instance, tools: WaitTools): Promise<void> {
  const { clock, times, fit } = tools;
  const began = clock.now();
  const subject = subjectOf(instance, null);
  for (let evidence = noEvidence, isDue = true; ; ) {
    evidence = await look({ instance, evidence, isDue }, tools);
    const time = { elapsedMs: clock.now() - began, deadlineMs: times.healthDeadlineMs };
    if (passed(judgeStart(subject, evidence, time))) {
      fit.set(instance.id, subjectOf(instance, evidence.seen));
      return;
    }
    isDue = await pause(times.healthIntervalMs, tools);
  }
}

async function waitDrained(instance: Instance, { target, clock, signal, times }: WaitDeps): Promise<number> {
  const began = clock.now();
  for (let ms = drainIntervalMs.first; ; ms = Math.min(2 * ms, drainIntervalMs.most)) {
    const { sessions } = await target.counters(instance);
    if (sessions === 0 || clock.now() - began >= times.drainDeadlineMs) return sessions;
    await clock.sleep(ms, signal);
  }
}
