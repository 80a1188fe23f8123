// What waiting costs, and what happens while GitHub fails.
import { createFakeClock } from '@headgate/kit/testing/clock';
import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createPace } from '../src/pace.js';
import { openThread } from '../src/thread.js';
import { openForge, pullNumber } from './forge.js';
import { approve, digits, openScene, type Scene } from './scene.js';

const hour = 3_600_000;
let scene: Scene;
beforeEach(async () => {
  scene = openScene();
  await scene.request();
});

describe('waiting while nothing happens', () => {
  it.each<[string, boolean, number]>([
    ['costs next to nothing with entity tags', true, 8],
    ['costs at most 60 requests an hour without them', false, 60],
  ])('%s', async (_name, etags, most) => {
    scene.forge.etags = etags;
    const before = scene.forge.charged();

    await scene.wait({ parkAfter: hour });

    expect(scene.forge.charged() - before).toBeLessThanOrEqual(most);
  });

  it('costs as much in the fifth hour, and with the shortest interval', async () => {
    scene.forge.etags = false;
    const before = scene.forge.charged();

    await scene.wait({ parkAfter: 5 * hour, interval: 1000 });

    expect(scene.forge.charged() - before).toBeLessThanOrEqual(5 * 60);
  });

  it('looks as often as it was told where looks are free', async () => {
    await scene.wait({ parkAfter: 60_000, interval: 10_000 });

    expect(scene.clock.sleeps).toEqual(Array.from({ length: 6 }, () => 10_000));
  });
});

describe('the pace', () => {
  it('never charges more than 60 requests in any hour without news, whatever the interval and the pages', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 600_000 }),
        fc.integer({ min: 1, max: 5 }),
        (interval, pages) => {
          const pace = createPace(interval);
          const looks: number[] = [0];
          while ((looks.at(-1) ?? 0) < 4 * hour)
            looks.push((looks.at(-1) ?? 0) + pace.after({ charged: pages, changed: false }));
          const settled = looks.filter((time) => time > hour / 4);
          for (const start of settled)
            expect(
              settled.filter((time) => time >= start && time < start + hour).length * pages,
            ).toBeLessThanOrEqual(60);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('a thread of many comments', () => {
  it('is read to its end, and costs nothing when read again', async () => {
    const forge = openForge(createFakeClock());
    for (let index = 0; index < 301; index += 1) forge.say('ada', `comment ${index}`);
    const thread = openThread(forge, pullNumber);

    const first = await thread.read();
    const second = await thread.read();
    forge.say('ada', 'one more');
    const third = await thread.read();

    expect([first.comments.length, first.charged, first.changed]).toEqual([301, 4, true]);
    expect([second.comments.length, second.charged, second.changed]).toEqual([301, 0, false]);
    expect([third.comments.length, third.charged, third.changed]).toEqual([302, 1, true]);
  });

  it('is seen to have changed when a comment was deleted or changed', async () => {
    const forge = openForge(createFakeClock());
    const [one, two] = [forge.say('ada', 'one'), forge.say('ada', 'two')];
    const thread = openThread(forge, pullNumber);
    await thread.read();

    forge.edit(one, 'uno');
    const edited = await thread.read();
    forge.remove(two);
    const removed = await thread.read();

    expect(edited.comments.map(({ edited: changed }) => changed)).toEqual([true, false]);
    expect(removed.comments.map(({ body }) => body)).toEqual(['uno']);
    expect([edited.changed, removed.changed]).toEqual([true, true]);
  });

  it('hides no objection behind hundreds of comments', async () => {
    for (let index = 0; index < 300; index += 1) scene.forge.say('someone', `comment ${index}`);
    scene.forge.say('ada', approve);
    scene.forge.say('linus', approve);
    for (let index = 0; index < 150; index += 1) scene.forge.say('someone', `comment ${index}`);
    scene.forge.say('grace', `/reject ${digits}`);

    expect((await scene.wait()).outputs['decision']).toBe('rejected');
  });
});

describe('while GitHub fails', () => {
  const failing = (status: number, from: number, to: number): void => {
    const before = scene.forge.before;
    let looks = 0;
    scene.forge.before = (route) => {
      before(route);
      if (!route.startsWith('GET') || !route.includes('/comments')) return;
      looks += 1;
      if (looks >= from && looks <= to) throw scene.failure(status);
    };
  };

  it.each([[500], [502], [503], [429]])(
    'for a while with %d, waiting goes on and warns once',
    async (status) => {
      failing(status, 3, 9);
      scene.forge.say('ada', approve);
      scene.atLook(12, () => scene.forge.say('linus', approve));

      const result = await scene.wait();

      expect(result.outputs['decision']).toBe('approved');
      expect(scene.deps.core.annotations.filter(({ level }) => level === 'warning')).toHaveLength(1);
    },
  );

  it('for longer than an hour, it ends as an error and not as a refusal', async () => {
    failing(500, 3, 10_000);

    const result = await scene.wait();

    expect(result.failure?.code).toBe('gate-unreachable');
    expect(result.outputs['decision']).toBe('error');
    expect(result.entry?.parts.approvals).toMatchObject([{ decision: 'error' }]);
  });

  it.each([[401], [403], [404]])(
    'with %d, it ends at once as an error that names the permission',
    async (status) => {
      failing(status, 3, 10_000);

      const result = await scene.wait();

      expect(result.failure?.code).toBe('github-permission');
      expect(result.outputs['decision']).toBe('error');
    },
  );

  it('at random, no decision is ever wrong', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
        fc.boolean(),
        async (faults, objects) => {
          const trial = openScene();
          await trial.request();
          let call = 0;
          trial.forge.before = () => {
            call += 1;
            if (call > 6 && faults[call - 7] === true && call % 3 !== 0) throw trial.failure(502);
            if (call === 12) trial.forge.say('ada', approve);
            if (call === 15)
              trial.forge.say(objects ? 'grace' : 'linus', objects ? `/reject ${digits}` : approve);
          };

          const result = await trial.wait();

          expect(result.outputs['decision']).toBe(objects ? 'rejected' : 'approved');
        },
      ),
      { numRuns: 100 },
    );
  });
});
