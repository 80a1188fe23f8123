// Puts right what a lost run left behind, before anything new begins.
import { planRecovery, type Wanted } from './plan.js';
import type { RolloutDeps } from './rollout.js';
import type { Instance, Target, World } from './target.js';
import { createTried } from './tried.js';
import type { Waits } from './waits.js';

export interface RecoveryDeps extends Pick<RolloutDeps, 'target' | 'steps' | 'clock' | 'signal'> {
  readonly waits: Waits;
}

/** Answers the world afterwards; what could not be mended is in its notices. @throws {DeployError} when it cannot be read again */
export async function recover(world: World, wanted: Wanted, deps: RecoveryDeps): Promise<World> {
  const { steps, target, waits } = deps;
  const recovery = planRecovery(world, wanted);
  const works = [
    ...recovery.readmit.map((instance) => ({ instance, work: () => readmit(instance, target) })),
    ...recovery.retire.map((instance) => ({ instance, work: () => retire(instance, target, waits) })),
    ...recovery.remove.map((instance) => ({ instance, work: () => target.remove(instance) })),
  ];
  if (works.length === 0) return world;
  const notices = [...world.notices];
  const tried = createTried({ ...deps, notices });
  for (const { instance, work } of works) {
    await steps.run('recover', instance.name, () => tried(`put ${instance.name} right`, work));
  }
  const found = await steps.run('read', '', () => target.read());
  return { ...found, notices: [...notices, ...found.notices] };
}

async function readmit(instance: Instance, target: Target): Promise<void> {
  const answer = await target.answers(instance);
  if (!answer.ok) throw new Error(`its health path answers ${answer.detail}`);
  await target.admit(instance);
}

async function retire(instance: Instance, target: Target, waits: Waits): Promise<void> {
  await target.drain(instance);
  await waits.drained(instance);
  await target.dismiss(instance);
  await target.remove(instance);
}
