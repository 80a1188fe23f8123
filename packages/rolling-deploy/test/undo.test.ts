// Who gets traffic back in an undo: only former instances that answer; without one, the new version stays.
import { createFakeClock } from '@headgate/kit/testing/clock';
import { describe, expect, it } from '@jest/globals';
import type { Instance } from '../src/target.js';
import { type UndoReport, undo } from '../src/undo.js';
import { createWaits } from '../src/waits.js';
import { times } from './roll.js';
import { createFakeWorld, type FakeInstance, type FakeWorld, type Vice, wantedRevision } from './world.js';

/** Former instances with these vices, already drained, and one new instance in traffic. */
function swapped(vices: readonly Vice[]): FakeWorld {
  const former = vices.map((vice, index): Omit<FakeInstance, 'id' | 'served'> => {
    return { revision: 'older', createdAt: index, vice, running: true, traffic: 'draining' };
  });
  const fresh = {
    revision: wantedRevision,
    createdAt: 100,
    vice: 'none',
    running: true,
    traffic: 'in',
  } as const;
  return createFakeWorld({ instances: [...former, fresh] });
}

async function undone(world: FakeWorld): Promise<UndoReport> {
  const { instances } = await world.read();
  const of = (revision: string): readonly Instance[] => instances.filter((one) => one.revision === revision);
  const clock = createFakeClock();
  const { signal } = new AbortController();
  const waits = createWaits({ target: world, clock, signal, times });
  const hand = { former: of('older'), fresh: of(wantedRevision), stopping: [], condemned: null };
  return undo(hand, { target: world, waits, clock, signal, complete: true });
}

const inTraffic = ({ all }: FakeWorld): readonly string[] =>
  all.flatMap(({ id, traffic }) => (traffic === 'in' ? [id] : []));

describe('an undo', () => {
  it('gives no traffic back to a former instance that does not answer, and says so', async () => {
    const world = swapped(['never-healthy', 'none']);

    const report = await undone(world);

    expect(inTraffic(world)).toEqual(['old-1']);
    expect(world.operations).not.toContain('in old-0');
    expect(report).toMatchObject({ restored: 1, of: 2, consistent: true });
    expect(report.notices).toEqual([
      'could not give traffic back to old-0: its health path answers connection refused',
    ]);
  });

  it('leaves the new version where it is when no former instance answers', async () => {
    const world = swapped(['never-healthy']);

    const report = await undone(world);

    expect(inTraffic(world)).toEqual(['old-1']);
    expect(world.all.find(({ id }) => id === 'old-1')?.revision).toBe(wantedRevision);
    expect(report).toMatchObject({ restored: 0, of: 1, consistent: false });
  });
});
