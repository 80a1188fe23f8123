// A process that dies at any of its calls, and the one that comes after it: one version in the end, and never none.
import { describe, expect, it } from '@jest/globals';
import { createLife, createMemoryHost, type Doom, type Life } from './memory-host.js';
import { type CrashHost, deployBy, type Ran, type Run } from './process.js';
import { createVirtualClock, type VirtualClock } from './virtual-clock.js';
import { type FakeInstance, isServing, type Vice } from './world.js';

const unharmed: Doom = { at: -1, when: 'before' };
const strategies = {
  rolling: '{type: rolling}',
  'blue-green': '{type: blue-green, keep-warm: 2s}',
  canary: '{type: canary, steps: [20% for 2s, 100%]}',
} as const;

interface Scene {
  readonly strategy: keyof typeof strategies;
  readonly instances: number;
  readonly hosts: number;
}

interface Stage {
  readonly hosts: readonly (CrashHost & { readonly stored: ReadonlyMap<string, string> })[];
  readonly clock: VirtualClock;
  /** Times at which a host had nobody fit in the traffic. */
  gaps: number;
  run(revision: string, number: number, more?: Partial<Run>): Promise<Ran>;
}

function setStage({ strategy, instances, hosts: count }: Scene): Stage {
  const clock = createVirtualClock();
  const old = (index: number): FakeInstance => ({
    id: `old-${index}`,
    revision: 'first',
    createdAt: index,
    vice: 'none',
    running: true,
    traffic: 'in',
    served: 0,
  });
  const hosts = Array.from({ length: count }, () => ({
    all: Array.from({ length: instances }, (_, index) => old(index)),
    ...createMemoryHost(),
  }));
  const stage: Stage = {
    hosts,
    clock,
    gaps: 0,
    run: (revision, number, more = {}) =>
      deployBy({
        hosts,
        clock,
        revision,
        number,
        life: createLife(unharmed),
        watch: () => {
          if (hosts.some((host) => !host.all.some(isFit))) stage.gaps += 1;
        },
        inputs: { instances: String(instances), strategy: strategies[strategy] },
        ...more,
      }),
  };
  return stage;
}

function isFit(one: FakeInstance): boolean {
  return one.running && isServing(one) && one.vice === 'none';
}

/** Runs until the process dies or ends; answers whether it died. */
async function dies(stage: Stage, life: Life): Promise<boolean> {
  const ended = stage.run('second', 2, { life }).then(
    () => undefined,
    () => undefined,
  );
  await stage.clock.during(Promise.race([life.death, ended]));
  return life.isDead;
}

/** A container that was made and not started: what a kill in the middle of a start leaves. */
function addBare(host: CrashHost | undefined): void {
  const bare = { id: 'bare', revision: 'second', createdAt: 2500, vice: 'none', running: false } as const;
  host?.all.push({ ...bare, traffic: 'out', served: 0, isBare: true });
}

function state({ hosts }: Stage): readonly unknown[] {
  return hosts.map(({ all }) => all.map(({ id, running, traffic }) => [id, running, traffic]));
}

function expectWhole(stage: Stage, revision: string, instances: number): void {
  for (const { all, stored } of stage.hosts) {
    const serving = all.filter(({ running, traffic }) => running && traffic === 'in');
    expect(serving.map((one) => one.revision)).toEqual(Array.from({ length: instances }, () => revision));
    // Nobody half in, nobody running beside, no place in the router that leads to nobody.
    const others = all.filter((one) => !serving.includes(one));
    expect(
      others.filter(({ running, traffic, isBare }) => running || traffic !== 'out' || isBare === true),
    ).toEqual([]);
    expect([...stored.keys()]).toEqual([]);
  }
}

/** `HEADGATE_CRASHES=all`: at every call of every scene, in minutes; else at enough of them. */
const isThorough = process.env['HEADGATE_CRASHES'] === 'all';
const scenes: readonly Scene[] = [1, 2, 3].flatMap((instances) =>
  (['rolling', 'blue-green', 'canary'] as const).flatMap((strategy) =>
    (isThorough || instances === 2 ? [1, 2] : [1]).map((hosts) => ({ strategy, instances, hosts })),
  ),
);

describe.each(scenes)('$strategy of $instances on $hosts host(s), killed at any call', (scene) => {
  const stride = isThorough || scene.instances * scene.hosts < 3 ? 1 : scene.instances * scene.hosts + 1;

  /**
   * Until a run lives to its end: answers its calls. What is left when an answer is lost is what is left when the next
   * call never comes.
   */
  async function atEveryCall(check: (stage: Stage) => Promise<void>): Promise<number> {
    for (let at = 0; ; at += stride) {
      const stage = setStage(scene);
      const lines: string[] = [];
      const life = createLife({ at, when: 'after' }, (name) => lines.push(name));
      if (!(await dies(stage, life))) return at;
      if (at % 3 === 0) addBare(stage.hosts[0]);
      await check(stage).catch((cause: unknown) => {
        const where = `at call ${at}, after ${lines.slice(-3)}: ${JSON.stringify(state(stage))}`;
        throw new Error(where, { cause });
      });
    }
  }

  it('is gone on with by the next run of the same release', async () => {
    const calls = await atEveryCall(async (stage) => {
      await stage.clock.during(stage.run('second', 3));
      expectWhole(stage, 'second', scene.instances);
      expect(stage.gaps).toBe(0);
    });
    expect(calls).toBeGreaterThan(20);
  });

  it('is undone first by the next run of another release', async () => {
    await atEveryCall(async (stage) => {
      await stage.clock.during(stage.run('third', 3));
      expectWhole(stage, 'third', scene.instances);
      expect(stage.gaps).toBe(0);
    });
  });

  it.each(['second', 'third'])(
    'is all at the first version again when %s fails after it',
    async (revision) => {
      await atEveryCall(async (stage) => {
        const wasDone = stage.hosts.every(({ all }) =>
          all.filter(isFit).every((one) => one.revision === 'second'),
        );
        const vices: Vice[] = Array.from({ length: 4 }, () => 'never-healthy');
        const { result } = await stage.clock.during(stage.run(revision, 3, { vices }));
        if (result.failure === null) return expectWhole(stage, 'second', scene.instances);
        expect(stage.gaps).toBe(0);
        if (!wasDone) expectWhole(stage, 'first', scene.instances);
      });
    },
  );
});
