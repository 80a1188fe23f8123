// The order of things in single roll-outs.
import { describe, expect, it } from '@jest/globals';
import { DeployError } from '../src/errors.js';
import { roll } from './roll.js';
import { createFakeWorld, type FakeInstance, fitInTraffic } from './world.js';

const old = (createdAt: number): Omit<FakeInstance, 'id' | 'served'> => ({
  revision: 'older',
  createdAt,
  vice: 'none',
  running: true,
  traffic: 'in',
});

describe('a roll-out', () => {
  it('asks a new instance before it gets traffic, and lets it settle before the old one goes', async () => {
    const world = createFakeWorld({ instances: [old(1)] });

    await roll(world);

    const order = world.operations.filter((name) => /^(start|in|draining|out|stop)/.test(name));
    expect(order).toEqual(['start 1', 'in new-1', 'draining old-0', 'out old-0', 'stop old-0']);
    expect(world.operations.indexOf('observe new-1')).toBeLessThan(world.operations.indexOf('in new-1'));
  });

  it('shows the cause before anything is undone', async () => {
    const world = createFakeWorld({ instances: [old(1), old(2)], vices: ['none', 'lies'] });

    const { result, explained, operationsAtCause } = await roll(world, { instances: 2 });

    expect(result?.outcome).toBe('undone');
    expect(explained.map(({ code }) => code)).toEqual(['errors-in-traffic']);
    expect(world.operations.slice(0, operationsAtCause)).not.toContain('resume old-0');
    expect(world.operations.slice(operationsAtCause)).toContain('resume old-0');
    expect(fitInTraffic(world).map(({ id }) => id)).toEqual(['old-0', 'old-1']);
  });

  it('keeps for the post step what a cancel leaves, and gives the former version its traffic at once', async () => {
    const controller = new AbortController();
    const watch = (): void => {
      if (world.operations.at(-1) === 'in new-1') controller.abort();
    };
    const world = createFakeWorld({ instances: [old(1)], watch });

    const { result, hands } = await roll(world, { signal: controller.signal });

    expect(result).toMatchObject({ outcome: 'undone', failure: { code: 'cancelled' } });
    expect(hands.at(-1)?.fresh.map(({ id }) => id)).toEqual(['new-1']);
    expect(world.all.map(({ id, traffic }) => [id, traffic])).toEqual([
      ['old-0', 'in'],
      ['new-1', 'draining'],
    ]);
    expect(world.operations.filter((name) => name.startsWith('stop') || name.startsWith('remove'))).toEqual(
      [],
    );
  });

  it('keeps its hands off when somebody else took the lock', async () => {
    let beats = 0;
    const beat = async (): Promise<void> => {
      beats += 1;
      if (beats === 6) throw new DeployError({ code: 'locked', message: 'taken', hint: '' });
    };
    const world = createFakeWorld({ instances: [old(1)] });

    const { result } = await roll(world, { beat });

    expect(result).toMatchObject({ outcome: 'failed', failure: { code: 'locked' } });
    expect(world.operations.at(-1)).not.toMatch(/^(draining|out|remove|resume)/);
  });

  it('changes nothing when the image is not to be had', async () => {
    const world = createFakeWorld({
      instances: [old(1)],
      vices: ['none', 'never-healthy'],
      fault: { at: 1, when: 'before', code: 'engine-unreachable', lasting: 'no' },
    });

    const { result } = await roll(world, { instances: 2 });

    expect(result).toMatchObject({
      outcome: 'failed',
      failure: { code: 'engine-unreachable' },
      instances: 1,
    });
    expect(fitInTraffic(world)).toHaveLength(1);
  });

  it('gives nobody traffic in recovery who does not answer', async () => {
    const lost = { ...old(1), traffic: 'draining', vice: 'never-healthy' } as const;
    const world = createFakeWorld({ instances: [lost, { ...old(2), traffic: 'draining' }] });

    const { result } = await roll(world);

    expect(world.operations).not.toContain('in old-0');
    expect(world.operations).toContain('in old-1');
    expect(result).toMatchObject({ outcome: 'deployed', replaced: 'sha256:older' });
    expect(result?.notices).toEqual([
      'could not put old-0 right: its health path answers connection refused',
    ]);
  });
});
