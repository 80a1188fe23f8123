// Comments that do not count: each has one reply that says why, whatever happens in between.
import { beforeEach, describe, expect, it } from '@jest/globals';
import { bot } from './forge.js';
import { approve, digits, openScene, type Scene } from './scene.js';

let scene: Scene;
beforeEach(async () => {
  scene = openScene();
  await scene.request();
});

const replies = (): readonly string[] =>
  scene.replies().filter((body) => body.startsWith('<!-- headgate-approval reply '));
/** Waits for a short time: the request stays open. */
const waitABit = (attempt = 1) => scene.wait({ parkAfter: 60_000 }, { runAttempt: attempt });

describe('a comment that does not count', () => {
  it.each<[string, string, string, string]>([
    ['by a bot', 'helper[bot]', approve, 'comments of bots do not count'],
    ['by somebody who was not asked', 'mallory', approve, 'in none of the groups'],
    ['by whoever merged', 'max', approve, 'you took part in what is to be approved (you started this run)'],
    ['by the author of the pull request', 'dana', approve, '(you opened the pull request)'],
    ['without digits', 'ada', '/approve', 'digits are missing'],
    ['with digits of something else', 'ada', '/approve ffffffffffff', 'those of something else'],
    ['in a quote', 'ada', `> ${approve}`, 'stands in a quote'],
    ['in code', 'ada', `\`\`\`\n${approve}\n\`\`\``, 'written as code'],
    ['in a hidden comment', 'ada', `<!--\n${approve}\n-->`, 'hidden comment'],
    ['below other text', 'ada', `Fine.\n${approve}`, 'not the first line'],
    ['in another form', 'ada', `**${approve}**`, 'letter by letter'],
    ['in plain words', 'ada', 'LGTM', 'words alone do not count'],
  ])('%s has one reply that says why', async (_name, login, body, why) => {
    const comment = scene.forge.say(login, body);

    const first = await waitABit();
    const second = await waitABit(2);

    expect([first.outputs['decision'], second.outputs['decision']]).toEqual(['pending', 'pending']);
    expect(replies()).toHaveLength(1);
    expect(replies()[0]).toContain(why);
    expect(replies()[0]).toContain(`#issuecomment-${comment.id}`);
  });

  it.each([['talk among people'], ['not approved yet'], ['/deploy production'], ['']])(
    'and was never meant to, such as %j, has none',
    async (body) => {
      scene.forge.say('ada', body);
      scene.forge.say('mallory', 'LGTM');

      await waitABit();

      expect(replies()).toEqual([]);
    },
  );

  it('needs no reply when its author has said it in the right form', async () => {
    scene.forge.say('ada', approve);
    scene.forge.say('ada', 'Approved!');

    await waitABit();

    expect(replies()).toEqual([]);
  });

  it('because it was edited has a reply, and its first words count no more', async () => {
    const comment = scene.forge.say('ada', approve);
    scene.atLook(4, () => scene.forge.edit(comment, approve));
    scene.atLook(5, () => scene.forge.say('linus', approve));

    const result = await waitABit();

    expect(result.outputs['decision']).toBe('pending');
    expect(replies()).toHaveLength(1);
    expect(replies()[0]).toContain('it was edited');
  });

  it('has no second reply when it is mended afterwards', async () => {
    const comment = scene.forge.say('ada', '/approve');
    await waitABit();
    scene.forge.edit(comment, approve);

    const result = await waitABit(2);

    expect(result.outputs['decision']).toBe('pending');
    expect(replies()).toHaveLength(1);
  });

  it('came after the deadline, and is told so', async () => {
    scene.clock.advance(24 * 3_600_000 + 5000);
    scene.forge.say('ada', approve);

    const result = await waitABit();

    expect(result.failure?.code).toBe('timed-out');
    expect(replies()[0]).toContain('after the time was over');
  });

  it('is answered even when the first reply seemed to fail, and never twice', async () => {
    scene.forge.say('ada', '/approve');
    const post = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
    let posts = 0;
    scene.forge.on(post, ({ body }) => {
      posts += 1;
      scene.forge.say(bot, String(body));
      if (posts === 1) throw scene.failure(502);
      return scene.shown();
    });

    await waitABit();

    expect(replies()).toHaveLength(1);
  });

  it('that cannot be answered does not stop the others', async () => {
    scene.forge.say('ada', '/approve');
    scene.forge.on('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', () => {
      throw scene.failure(403);
    });
    scene.atLook(3, () => {
      scene.forge.say('ada', approve);
      scene.forge.say('linus', approve);
    });

    const result = await scene.wait();

    expect(result.outputs['decision']).toBe('approved');
    expect(scene.deps.core.annotations.filter(({ level }) => level === 'warning')).toHaveLength(3);
  });

  it('by strangers without end has few replies', async () => {
    for (let index = 0; index < 60; index += 1) scene.forge.say(`stranger-${index % 12}`, approve);

    await waitABit();
    await waitABit(2);

    expect(replies()).toHaveLength(20);
  });

  it('for another environment in the same thread is not ours to answer', async () => {
    const other = `sha256:${'e'.repeat(64)}`;
    await scene.request({ environment: 'staging', subject: other });
    scene.forge.say('ada', `/approve ${'e'.repeat(12)}`);
    scene.forge.say('linus', '/approve dddddddddddd');

    await waitABit();

    expect(replies()).toHaveLength(1);
    expect(replies()[0]).toContain('those of something else');
  });

  it('holds text that would do harm, which is shown as text', async () => {
    scene.forge.say('evil-<img>@all', `/approve ${digits}`);

    await waitABit();

    expect(replies()[0]).not.toContain('<img>');
    expect(replies()[0]).not.toContain('@all');
  });
});
