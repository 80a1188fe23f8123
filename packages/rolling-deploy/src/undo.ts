// Brings the former version back: by the router alone first, because that is fast and needs no engine, then completely.
import type { Clock } from '@headgate/kit/clock';
import type { Instance, Target } from './target.js';
import { createTried, type Tried } from './tried.js';
import type { Waits } from './waits.js';

/** What a rollout has in hand; enough to undo it, also by another process. */
export interface Hand {
  /** Instances of the version to come back to, as they served at the start. */
  readonly former: readonly Instance[];
  /** Instances of the wanted version that may serve now. */
  readonly fresh: readonly Instance[];
  /** Ids of former instances whose stop was begun: they must be started again. */
  readonly stopping: readonly string[];
  /** The instance that failed; null when another cause made us undo. */
  readonly condemned: Instance | null;
}

export interface UndoReport {
  /** Former instances in traffic again. */
  readonly restored: number;
  readonly of: number;
  /** Only one version serves, and it is the former one (or none did before). */
  readonly consistent: boolean;
  /** What could not be done, one sentence each. */
  readonly notices: readonly string[];
}

export interface UndoDeps {
  readonly target: Target;
  readonly waits: Waits;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** False: only what the router can do at once; the rest is left to a later call with the same hand. */
  readonly complete: boolean;
}

/** Never rejects: what fails becomes a notice, and the rest is still done. */
export async function undo(hand: Hand, deps: UndoDeps): Promise<UndoReport> {
  const notices: string[] = [];
  const tried = createTried({ ...deps, notices });

  const { target } = deps;
  const back = await readmitRunning(hand, deps, tried);
  // One that served before stays: with a new part of the same version beside it, there is nothing else to come back to.
  const condemned = hand.former.some(({ id }) => id === hand.condemned?.id) ? null : hand.condemned;
  if (condemned !== null && back.length > 0)
    await tried(`drain ${condemned.name}`, () => target.drain(condemned));
  if (deps.complete) back.push(...(await resumeStopped(hand, deps, tried)));

  const report = (consistent: boolean): UndoReport => {
    return { restored: back.length, of: hand.former.length, consistent, notices };
  };
  if (hand.former.length > 0 && back.length === 0) {
    // Nothing of the former version answers: the new one is left where it is, because something beats nothing.
    const others = hand.fresh.filter(({ id }) => id !== condemned?.id);
    if (condemned !== null && others.length > 0) await withdraw([condemned], deps, tried);
    return report(false);
  }
  return report(await withdraw(hand.fresh, deps, tried));
}

/** First all at once, then each by itself: a router that refuses the one may take the other. */
async function readmitRunning(hand: Hand, { target }: UndoDeps, tried: Tried): Promise<Instance[]> {
  const fit: Instance[] = [];
  for (const instance of hand.former.filter(({ id }) => !hand.stopping.includes(id))) {
    const answered = await tried(`give traffic back to ${instance.name}`, async () => {
      // An enabled server counts as up before its first check, so it is asked first.
      const answer = await target.answers(instance);
      if (!answer.ok) throw new Error(`its health path answers ${answer.detail}`);
    });
    if (answered) fit.push(instance);
  }
  if (fit.length > 0) {
    const split = { fresh: hand.fresh, former: fit, percent: 0 };
    await tried('give all traffic back at once', () => target.split(split));
  }
  const back: Instance[] = [];
  for (const instance of fit) {
    if (await tried(`give traffic back to ${instance.name}`, () => target.admit(instance)))
      back.push(instance);
  }
  return back;
}

async function resumeStopped(hand: Hand, { target, waits }: UndoDeps, tried: Tried): Promise<Instance[]> {
  const back: Instance[] = [];
  for (const instance of hand.former) {
    if (!hand.stopping.includes(instance.id)) continue;
    const resumed = await tried(`start ${instance.name} again`, async () => {
      await waits.ready(await target.resume(instance));
    });
    // Apart from the start: an answer that was lost must not lead to a second start.
    if (!resumed) continue;
    if (await tried(`give traffic back to ${instance.name}`, () => target.admit(instance)))
      back.push(instance);
  }
  return back;
}

async function withdraw(fresh: readonly Instance[], deps: UndoDeps, tried: Tried): Promise<boolean> {
  const { target, waits } = deps;
  let out = true;
  for (const instance of fresh) {
    const drained = await tried(`drain ${instance.name}`, () => target.drain(instance));
    out = drained && out;
  }
  if (!deps.complete) return out;
  for (const instance of fresh) {
    await tried(`wait for the last request of ${instance.name}`, () => waits.drained(instance));
    await tried(`take ${instance.name} out of the traffic`, () => target.dismiss(instance));
    await tried(`remove ${instance.name}`, () => target.remove(instance));
  }
  return out;
}
