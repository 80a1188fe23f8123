// Hooks as points in the story of each strategy, against a world in memory: when each is called, about whom, and what
// its failure does.
import { describe, expect, it } from '@jest/globals';
import { DeployError } from '../src/errors.js';
import { type HookPoint, hookPoints } from '../src/hooks.js';
import { parseStrategy } from '../src/strategy.js';
import { type Rolled, roll } from './roll.js';
import { createFakeWorld, type FakeWorld, isServing } from './world.js';

interface Called {
  readonly point: string;
  readonly instances: readonly string[];
  /** Who was in the traffic then. */
  readonly serving: readonly string[];
}

interface Told {
  readonly world: FakeWorld;
  readonly calls: Called[];
  readonly rolled: Rolled;
}

async function told(
  strategy: unknown,
  { instances = 1, former = 1, fails }: { instances?: number; former?: number; fails?: HookPoint } = {},
): Promise<Told> {
  const one = { revision: 'former', vice: 'none', running: true, traffic: 'in' } as const;
  const world = createFakeWorld({
    instances: Array.from({ length: former }, (_, index) => ({ ...one, createdAt: index + 1 })),
  });
  const calls: Called[] = [];
  const note = (point: string, about: readonly { readonly name: string }[]): void => {
    const serving = world.all.filter((each) => each.running && isServing(each)).map(({ id }) => id);
    calls.push({ point, instances: about.map(({ name }) => name), serving });
  };
  const hooks = {
    at: async (point: HookPoint, about: readonly { readonly name: string }[]) => {
      note(point, about);
      if (point === fails)
        throw new DeployError({ code: 'hook-failed', message: `${point} failed`, hint: 'Test.' });
    },
    rolledBack: async (
      cause: string,
      { instances: about, undone }: { instances: readonly { name: string }[]; undone: boolean },
    ) => {
      note(`rolled back by ${cause}, ${undone ? 'undone' : 'nothing begun'}`, about);
      return ['the hook on-rollback/tell failed: exit code 1'];
    },
  };
  const rolled = await roll(world, { instances, strategy: parseStrategy(strategy), hooks });
  return { world, calls, rolled };
}

const pointsOf = ({ calls }: Told): readonly string[] =>
  calls.map(({ point, instances }) => `${point} ${instances.join(',')}`);

describe('hooks of a rolling deployment', () => {
  it('come around each round', async () => {
    const seen = await told('rolling', { instances: 2, former: 2 });

    expect(pointsOf(seen)).toEqual([
      'before-deploy old-0,old-1',
      ...['new-1', 'new-2'].flatMap((name) =>
        ['after-start', 'test-traffic', 'before-traffic', 'after-traffic'].map((point) => `${point} ${name}`),
      ),
      'after-deploy new-1,new-2',
    ]);
  });

  it('find the new instance without traffic until before-traffic is over, and the former one there until after-traffic is', async () => {
    const { calls } = await told('rolling');

    const serving = Object.fromEntries(calls.map((call) => [call.point, call.serving]));
    for (const point of ['before-deploy', 'after-start', 'test-traffic', 'before-traffic'])
      expect([point, serving[point]]).toEqual([point, ['old-0']]);
    expect(serving['after-traffic']).toEqual(['old-0', 'new-1']);
    expect(serving['after-deploy']).toEqual(['new-1']);
  });

  it('are not called when nothing changes', async () => {
    const world = createFakeWorld({
      instances: [{ revision: 'wanted', createdAt: 1, vice: 'none', running: true, traffic: 'in' }],
    });
    const calls: string[] = [];
    await roll(world, { hooks: { at: async (point) => void calls.push(point), rolledBack: async () => [] } });

    expect(calls).toEqual([]);
  });
});

describe('hooks of a blue-green deployment', () => {
  it('test the whole second set while it has no traffic', async () => {
    const seen = await told({ type: 'blue-green', 'keep-warm': '1s' }, { instances: 2, former: 2 });

    expect(pointsOf(seen)).toEqual([
      'before-deploy old-0,old-1',
      'after-start new-1,new-2',
      'test-traffic new-1,new-2',
      'before-traffic new-1,new-2',
      'after-traffic new-1,new-2',
      'after-deploy new-1,new-2',
    ]);
    expect(seen.calls.find(({ point }) => point === 'test-traffic')?.serving).toEqual(['old-0', 'old-1']);
    expect(seen.calls.find(({ point }) => point === 'after-traffic')?.serving).toEqual(['new-1', 'new-2']);
  });
});

describe('hooks of a canary', () => {
  it('test new instances before their first share, and come around each share', async () => {
    const seen = await told(
      { type: 'canary', steps: ['10% for 1s', '50% for 1s', '100%'] },
      { instances: 2, former: 2 },
    );

    expect(pointsOf(seen)).toEqual([
      'before-deploy old-0,old-1',
      'after-start new-1',
      'test-traffic new-1',
      'before-traffic new-1',
      'after-traffic new-1',
      'before-traffic new-1',
      'after-traffic new-1',
      'after-start new-2',
      'test-traffic new-2',
      'before-traffic new-1,new-2',
      'after-traffic new-1,new-2',
      'after-deploy new-1,new-2',
    ]);
    expect(seen.calls.find(({ point }) => point === 'test-traffic')?.serving).toEqual(['old-0', 'old-1']);
  });
});

describe('a hook that fails', () => {
  const strategies = ['rolling', 'blue-green', { type: 'canary', steps: ['10% for 1s', '100%'] }];
  const undoing = hookPoints.filter((point) => point !== 'before-deploy' && point !== 'on-rollback');

  it.each(strategies.flatMap((strategy) => undoing.map((point) => [strategy, point] as const)))(
    'undoes: %j, %s',
    async (strategy, fails) => {
      const { rolled, world, calls } = await told(strategy, { instances: 2, former: 2, fails });

      expect(rolled.result).toMatchObject({ outcome: 'undone', failure: { code: 'hook-failed' } });
      expect(world.all.filter(({ running }) => running).map(({ id, traffic }) => `${id} ${traffic}`)).toEqual(
        ['old-0 in', 'old-1 in'],
      );
      expect(calls.at(-1)).toMatchObject({
        point: 'rolled back by hook-failed, undone',
        instances: ['old-0', 'old-1'],
        serving: ['old-0', 'old-1'],
      });
    },
  );

  it('before-deploy: nothing was begun', async () => {
    const { rolled, world, calls } = await told('rolling', { fails: 'before-deploy' });

    expect(rolled.result).toMatchObject({
      outcome: 'failed',
      failure: { code: 'hook-failed' },
      undo: { consistent: true },
    });
    expect(world.operations).toEqual(['read', 'prepare']);
    expect(rolled.hands.filter((hand) => hand !== null)).toEqual([]);
    expect(calls.at(-1)?.point).toBe('rolled back by hook-failed, nothing begun');
  });

  it('on-rollback: is a notice beside the cause', async () => {
    const { rolled } = await told('rolling', { fails: 'after-traffic' });

    expect(rolled.explained.map(({ message }) => message)).toEqual(['after-traffic failed']);
    expect(rolled.result).toMatchObject({ failure: { message: 'after-traffic failed' } });
    expect(rolled.result?.notices).toEqual(['the hook on-rollback/tell failed: exit code 1']);
  });
});
