// Waves over several hosts, and the way back, with any outcome on any host.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DeployError } from '../src/errors.js';
import { type FleetHost, type FleetPlan, type FleetResult, rollFleet } from '../src/fleet.js';
import type { RolloutResult } from '../src/rollout-result.js';
import type { Instance } from '../src/target.js';
import { parseWave, planWaves } from '../src/waves.js';

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('waves', () => {
  it.each([
    ['1', 4, [[1], [2], [3], [4]]],
    ['2', 4, [[1], [2, 3], [4]]],
    ['50%', 6, [[1], [2, 3, 4], [5, 6]]],
    ['10%', 3, [[1], [2], [3]]],
    ['100%', 3, [[1], [2, 3]]],
    ['64', 1, [[1]]],
  ])('of %s over %d hosts: the first alone, then the rest', (wave, count, expected) => {
    expect(planWaves(numbers(count), parseWave(wave))).toEqual(expected);
  });

  it.each(['0', '0%', '101%', '65', '-1', '1.5', 'all', '', '1 2'])('refuse %j', (text) => {
    expect(() => parseWave(text)).toThrow('a number of hosts from 1 to 64 or a share');
  });

  it('hold every host once, in order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 64 }), fc.integer({ min: 1, max: 100 }), (count, share) => {
        const waves = planWaves(numbers(count), parseWave(`${share}%`));
        expect(waves.flat()).toEqual(numbers(count));
        expect(waves[0] ?? []).toHaveLength(Math.min(count, 1));
        expect(waves.every((wave) => wave.length > 0)).toBe(true);
      }),
    );
  });
});

type Fate = 'deploys' | 'unchanged' | 'is undone' | 'is stuck' | 'rejects' | 'deploys, and cannot come back';

interface Played {
  readonly fleet: FleetResult;
  /** What serves on each host at the end. */
  readonly versions: readonly string[];
  readonly rolled: readonly string[];
  /** Most hosts that were in the middle of it at the same time. */
  readonly atOnce: number;
}

const instance = (revision: string): Instance => {
  const digest = `sha256:${revision}`;
  return {
    id: revision,
    name: revision,
    revision,
    digest,
    createdAt: 0,
    running: true,
    restarts: 0,
    startedAt: 0,
    traffic: 'in',
  };
};

async function play(
  fates: readonly Fate[],
  plan: Partial<FleetPlan> & { readonly signal?: AbortSignal } = {},
): Promise<Played> {
  const versions: string[] = fates.map((fate) => (fate === 'unchanged' ? 'new' : 'old'));
  const rolled: string[] = [];
  let [active, atOnce] = [0, 0];
  const hostOf = (fate: Fate, index: number): FleetHost => ({
    name: `host-${index + 1}`,
    revision: 'new',
    roll: async () => {
      rolled.push(`host-${index + 1}`);
      active += 1;
      atOnce = Math.max(atOnce, active);
      await Promise.resolve();
      active -= 1;
      if (fate === 'rejects') throw new Error('nobody home');
      if (fate === 'is stuck') versions[index] = 'both';
      if (fate.startsWith('deploys')) versions[index] = 'new';
      return resultOf(fate);
    },
    back: async ({ former }) => {
      const stays = fate === 'deploys, and cannot come back';
      if (!stays) versions[index] = former[0]?.revision ?? 'none';
      return { restored: stays ? 0 : 1, of: 1, consistent: !stays, notices: [] };
    },
  });
  const [first, ...others] = fates.map(hostOf);
  if (first === undefined) throw new Error('no host');
  const { wave = parseWave('1'), onFailure = 'undo', signal = new AbortController().signal } = plan;
  const fleet = await rollFleet([first, ...others], { wave, onFailure }, { signal, log: () => undefined });
  return { fleet, versions, rolled, atOnce };
}

function resultOf(fate: Fate): RolloutResult {
  const traffic = { responses: 0, errors: 0, sessions: 0 };
  const base = { replaced: 'sha256:old', former: [instance('old')], instances: 1, traffic, notices: [] };
  const back = { former: [instance('old')], fresh: [instance('new')], stopping: ['old'], condemned: null };
  if (fate === 'unchanged') return { ...base, former: [instance('new')], outcome: 'unchanged', back };
  if (fate.startsWith('deploys')) return { ...base, outcome: 'deployed', back };
  const consistent = fate === 'is undone';
  const undo = { restored: consistent ? 1 : 0, of: 1, consistent, notices: [] };
  const failure = new DeployError({ code: 'never-healthy', message: 'it was not fit', hint: 'Repair it.' });
  return { ...base, outcome: consistent ? 'undone' : 'failed', failure, undo, serving: null };
}

describe('a fleet', () => {
  it('goes on while hosts succeed, no more at a time than was said', async () => {
    const { fleet, versions, atOnce } = await play(
      ['deploys', 'unchanged', 'deploys', 'deploys', 'deploys'],
      {
        wave: parseWave('2'),
      },
    );

    expect(fleet.failure).toBeNull();
    expect(fleet.hosts.map(({ wave }) => wave)).toEqual([1, 2, 2, 3, 3]);
    expect(new Set(versions)).toEqual(new Set(['new']));
    expect(atOnce).toBe(2);
  });

  it('stops at the gate: no other host is touched', async () => {
    const { fleet, rolled, versions } = await play(['is undone', 'deploys', 'deploys']);

    expect(rolled).toEqual(['host-1']);
    expect(versions).toEqual(['old', 'old', 'old']);
    expect(fleet).toMatchObject({ failed: 'host-1', failure: { code: 'never-healthy' } });
    expect(fleet.hosts.map(({ result }) => result?.outcome)).toEqual(['undone', undefined, undefined]);
  });

  it('brings hosts that are done back when a later one fails, each with its own cause', async () => {
    const { fleet, versions } = await play(['deploys', 'deploys', 'rejects', 'deploys']);

    expect(versions).toEqual(['old', 'old', 'old', 'old']);
    expect(fleet.hosts[0].result).toMatchObject({ outcome: 'undone', failure: { code: 'host-failed' } });
    expect(fleet.failed).toBe('host-3');
  });

  it('holds them when it was told to', async () => {
    const { versions } = await play(['deploys', 'is undone', 'deploys'], { onFailure: 'hold' });

    expect(versions).toEqual(['new', 'old', 'old']);
  });

  it('leaves them to the post step when the job was cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    const { versions, rolled } = await play(['deploys', 'is undone', 'deploys'], {
      signal: controller.signal,
    });

    expect(rolled).toEqual(['host-1']);
    expect(versions).toEqual(['new', 'old', 'old']);
  });

  it('brings a host back too that a lost run had begun with, to what the failing one came from', async () => {
    const { versions, fleet } = await play(['unchanged', 'is undone']);

    expect(versions).toEqual(['old', 'old']);
    expect(fleet.hosts[0].result).toMatchObject({ outcome: 'undone' });
  });

  it('leaves a host that had the version before when nothing says that this run is about it', async () => {
    const { versions } = await play(['unchanged', 'rejects']);

    expect(versions).toEqual(['new', 'old']);
  });

  it('of one host rejects as that host does', async () => {
    await expect(play(['rejects'])).rejects.toThrow('nobody home');
  });

  const fate = fc.constantFrom<Fate>(
    'deploys',
    'is undone',
    'rejects',
    'is stuck',
    'deploys, and cannot come back',
  );

  it('never mixes versions unless it says so', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fate, { minLength: 2, maxLength: 9 }),
        fc.integer({ min: 1, max: 9 }),
        async (fates, size) => {
          const { fleet, versions } = await play(fates, { wave: parseWave(String(size)) });

          const stuck = fleet.hosts.filter(
            ({ result }) => result?.outcome === 'failed' && 'undo' in result && !result.undo.consistent,
          );
          if (stuck.length === 0) expect(new Set(versions).size).toBe(1);
          expect(fleet.failure === null).toBe(
            versions.every((version) => version === 'new') && stuck.length === 0,
          );
        },
      ),
    );
  });
});
