// Puts right what a lost run left behind, before anything new begins.
import { describeLost, formerLeft, handLeft, type LostRun } from './lost-run.js';
import { planRecovery, type Recovery, servingOf, type Wanted } from './plan.js';
import type { RolloutDeps, RolloutRequest } from './rollout-request.js';
import { describeUndo, undoHand } from './setback.js';
import type { Instance, Target, World } from './target.js';
import { createTried } from './tried.js';
import type { Waits } from './waits.js';

export interface RecoveryDeps extends Pick<RolloutDeps, 'target' | 'steps' | 'clock' | 'signal' | 'lost'> {
  readonly waits: Waits;
}

type RecoveryRequest = Pick<RolloutRequest, 'wanted' | 'times'>;

/** Answers the world afterwards; what could not be mended is in its notices. @throws {DeployError} when it cannot be read again */
export async function recover(world: World, request: RecoveryRequest, deps: RecoveryDeps): Promise<World> {
  const { lost = null } = deps;
  const { wanted } = request;
  if (lost === null) return mend(world, wanted, deps);
  if (lost.revision === wanted.revision) {
    const goesOn = { ...world, notices: [`${describeLost(lost)}: its deployment goes on`, ...world.notices] };
    return mend(goesOn, wanted, deps);
  }
  return mend(await undoLost(lost, world, request, deps), wanted, deps);
}

/** What it began is taken back before anything else begins: a third version never comes between two. */
async function undoLost(
  lost: LostRun,
  world: World,
  { times }: RecoveryRequest,
  { steps, target, clock }: RecoveryDeps,
): Promise<World> {
  const hand = handLeft(lost, world);
  if (hand === null)
    return { ...world, notices: [`${describeLost(lost)}: nothing of it is left to undo`, ...world.notices] };
  const how = { target, clock, times, complete: true };
  const report = await steps.run('recover', 'a lost run', () => undoHand(hand, how), describeUndo);
  const found = await steps.run('read', '', () => target.read());
  const isWhole = report.consistent && report.restored === report.of;
  const said = `${describeLost(lost)}: it was undone first, ${describeUndo(report)}`;
  const notices = [said, ...world.notices, ...(isWhole ? [] : report.notices), ...found.notices];
  return { ...found, notices };
}

/** What a lost run of the same release had in hand of the former version stays, stopped: the way back needs it. */
function sparing(recovery: Recovery, world: World, { lost = null }: RecoveryDeps): Recovery {
  const known = lost === null ? [] : formerLeft(lost.hand, lost.revision, world);
  const spared = [...recovery.retire, ...recovery.remove].filter(
    (instance) => known.includes(instance) && instance.traffic !== 'in' && instance.traffic !== 'some',
  );
  const without = (list: readonly Instance[]): readonly Instance[] =>
    list.filter((instance) => !spared.includes(instance));
  return {
    ...recovery,
    park: [...recovery.park, ...spared],
    retire: without(recovery.retire),
    remove: without(recovery.remove),
  };
}

async function mend(world: World, wanted: Wanted, deps: RecoveryDeps): Promise<World> {
  const { steps, target, waits } = deps;
  const recovery = sparing(planRecovery(world, wanted), world, deps);
  const works = [
    ...recovery.readmit.map((instance) => ({ instance, work: () => readmit(instance, target) })),
    ...recovery.park.map((instance) => ({ instance, work: () => park(instance, target, waits) })),
    ...recovery.retire.map((instance) => ({ instance, work: () => retire(instance, target, waits) })),
    ...recovery.remove.map((instance) => ({ instance, work: () => target.remove(instance) })),
  ];
  if (works.length === 0) return level(world, wanted, deps);
  const notices = [...world.notices];
  const tried = createTried({ ...deps, notices });
  for (const { instance, work } of works) {
    await steps.run('recover', instance.name, () => tried(`put ${instance.name} right`, work));
  }
  const found = await steps.run('read', '', () => target.read());
  return level({ ...found, notices: [...notices, ...found.notices] }, wanted, deps);
}

/** Shares that a lost canary left: everything to the former version again, or equal parts where there is none. */
async function level(world: World, wanted: Wanted, { steps, target }: RecoveryDeps): Promise<World> {
  const serving = servingOf(world);
  if (serving.every(({ traffic }) => traffic === 'in')) return world;
  const others = serving.filter(({ revision }) => revision !== wanted.revision);
  const former = others.length === 0 ? serving : others;
  const fresh = serving.filter((instance) => !former.includes(instance));
  await steps.run('recover', 'shares', () => target.split({ fresh, former, percent: 0 }));
  const instances = world.instances.map((instance) => {
    if (former.includes(instance)) return { ...instance, traffic: 'in' as const };
    return fresh.includes(instance) ? { ...instance, traffic: 'warm' as const } : instance;
  });
  return { ...world, instances };
}

async function readmit(instance: Instance, target: Target): Promise<void> {
  const answer = await target.answers(instance);
  if (!answer.ok) throw new Error(`its health path answers ${answer.detail}`);
  await target.admit(instance);
}

async function park(instance: Instance, target: Target, waits: Waits): Promise<void> {
  await target.drain(instance);
  await waits.drained(instance);
  await target.dismiss(instance);
  await target.stop(instance);
}

async function retire(instance: Instance, target: Target, waits: Waits): Promise<void> {
  await target.drain(instance);
  await waits.drained(instance);
  await target.dismiss(instance);
  await target.remove(instance);
}
