// Losing a runner in a story: which job's, and when.
import { describe, expect, it } from '@jest/globals';
import type { JobState, RunState } from '../../src/model.js';
import { loseRunner } from '../../src/story/lost-runner.js';
import { job, run } from '../view/states.js';
import { quietWorld } from './worlds.js';

const going = { status: 'in_progress', conclusion: null } as const;

function place(...runs: readonly RunState[]) {
  const lost: number[] = [];
  const world = quietWorld();
  const engine = { ...world.engine, runs: () => runs, loseRunner: (id: number) => void lost.push(id) };
  return { lost, world: { ...world, engine } };
}

const target = (id: number, more: Partial<JobState> = {}): JobState =>
  job('flow / target (web)', { id, ...going, ...more });

describe('a lost runner', () => {
  it('is that of the job in progress, on the branch that is named', async () => {
    const onDevelop = run([target(1)], { id: 1, ...going, headBranch: 'develop' });
    const onMaster = run([target(2)], { id: 2, ...going, headBranch: 'master' });
    const { lost, world } = place(onDevelop, onMaster);

    await loseRunner({ job: '*target (web)', branch: 'master' }, world, 1_000);

    expect(lost).toEqual([2]);
  });

  it('is lost when the log has come so far', async () => {
    let asked = 0;
    const state = target(3);
    Object.defineProperty(state, 'log', { get: () => (++asked < 3 ? 'read\n' : 'read\ndone admit\n') });
    const { lost, world } = place(run([state], going));

    await loseRunner({ job: '*target*', after: 'done admit' }, world, 1_000);

    expect([asked, lost]).toEqual([3, [3]]);
  });

  it('needs a job in progress', async () => {
    const { lost, world } = place(run([job('flow / target (web)')], going));

    await expect(loseRunner({ job: '*target*' }, world, 60)).rejects.toThrow(
      'a job *target* was expected in progress; in progress: none',
    );
    expect(lost).toEqual([]);
  });

  it('gives up when everything has ended before the log came so far', async () => {
    const { world } = place(run([job('flow / decide')]));

    await expect(loseRunner({ job: '*', after: 'done admit' }, world, 60_000)).rejects.toThrow(
      'with "done admit" in its log',
    );
  });
});
