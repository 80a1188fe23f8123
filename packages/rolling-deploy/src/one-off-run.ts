// The life of a one-off container: started, its log shown as it comes, ended by itself, its deadline or a cancel.
import type { Clock } from '@headgate/kit/clock';
import type { Engine } from './engine.js';
import type { Container } from './engine-answers.js';
import { DeployError } from './errors.js';
import { followLog, type LogFollower } from './follow-log.js';
import { createOneOff, type OneOff, type OneOffPlace } from './one-off.js';
import { startOnce } from './start-once.js';

export interface OneOffDeps {
  readonly place: OneOffPlace;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Keeps the host's lock alive while it runs. */
  readonly beat: () => Promise<void>;
  /** Part of a container's name that no other has. */
  readonly unique: () => string;
  /** Each line as it comes: hostile text. */
  readonly onLine: (line: string) => void;
  /** Milliseconds between the stop signal and the kill at the deadline and on a cancel; 0: killed at once. */
  readonly stopGraceMs: number;
  /** Asked of the ended container, before it is removed. */
  readonly collect?: (id: string) => Promise<void>;
}

export interface OneOffEnd {
  /** Null at the deadline. */
  readonly ended: Container | null;
  /** Milliseconds from the end, by the host's clock, to our knowing of it. */
  readonly seenAfterMs: number;
  /** Why lines may be missing at the end of the log; '' when none are. */
  readonly incomplete: string;
}

const beatMs = 1_000;
const pauseMs = 250;

/** Nothing of it is left afterwards, whatever happened. @throws {DeployError} instance-exited when it cannot be run */
export async function runOneOff(oneOff: OneOff, deps: OneOffDeps): Promise<OneOffEnd> {
  const { place, clock, unique } = deps;
  const { engine } = place;
  const id = await createOneOff(oneOff, place, { unique: unique(), now: clock.now() });
  try {
    await startOnce(id, 0, engine);
    const streamMs = oneOff.deadlineMs + deps.stopGraceMs + 60_000;
    const follower = followLog(id, { engine, clock, onLine: deps.onLine, streamMs });
    const end = await attend(id, oneOff, deps).catch(async (error: unknown) => {
      // Its last words, also of one that was stopped.
      await (isOutOfReach(error) ? follower.abandon() : finish(follower));
      throw error;
    });
    const incomplete = await finish(follower);
    await deps.collect?.(id);
    return { ...end, incomplete };
  } finally {
    // The engine answers a removal that it cannot do; then a later run removes it.
    await engine.remove(id).catch(() => undefined);
  }
}

function isOutOfReach(error: unknown): boolean {
  return error instanceof DeployError && error.code === 'engine-unreachable';
}

async function finish(follower: LogFollower): Promise<string> {
  try {
    await follower.finish();
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Waits for the first of end, deadline, cancel and lost lock; stops what has not ended. */
async function attend(
  id: string,
  { name, deadlineMs }: OneOff,
  deps: OneOffDeps,
): Promise<Omit<OneOffEnd, 'incomplete'>> {
  const { clock, stopGraceMs } = deps;
  const { engine } = deps.place;
  const over = new AbortController();
  const signal = AbortSignal.any([deps.signal, over.signal]);
  const limits = { clock, signal, timeoutMs: deadlineMs + 60_000 };
  const stop = (): Promise<void> => (stopGraceMs > 0 ? engine.stop(id, stopGraceMs) : Promise.resolve());
  let ended: Container | null;
  try {
    ended = await Promise.race([
      waitForEnd(id, name, engine, limits),
      clock.sleep(deadlineMs, signal).then(() => null),
      beating(deps, signal),
    ]);
  } catch (error) {
    if (!isOutOfReach(error)) await stop().catch(() => undefined);
    throw error;
  } finally {
    over.abort();
  }
  if (ended === null) await stop();
  return { ended, seenAfterMs: ended === null ? 0 : clock.now() - ended.endedAt };
}

interface Limits {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

async function waitForEnd(id: string, name: string, engine: Engine, limits: Limits): Promise<Container> {
  const { clock, signal, timeoutMs } = limits;
  for (;;) {
    // The engine is asked what is, and says nothing by a connection that breaks.
    const seen = await engine.inspect(id);
    if (seen === null) throw gone(name);
    if (!seen.running) return seen;
    const broken = await engine.streams.wait(id, { timeoutMs, signal }).then(
      () => false,
      () => true,
    );
    signal.throwIfAborted();
    if (broken) await clock.sleep(pauseMs, signal);
  }
}

async function beating({ clock, beat }: OneOffDeps, signal: AbortSignal): Promise<never> {
  for (;;) {
    await clock.sleep(beatMs, signal);
    await beat();
  }
}

function gone(name: string): DeployError {
  return new DeployError({
    code: 'engine-refused',
    message: `the container of ${name} was gone before it ended`,
    hint: 'Find out who else removes containers on this host.',
  });
}
