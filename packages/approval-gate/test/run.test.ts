// The gate against a thread: asking, waiting, and every way it ends.
import { beforeEach, describe, expect, it } from '@jest/globals';
import { approve, digits, openScene, type Scene, subject } from './scene.js';

let scene: Scene;
beforeEach(() => {
  scene = openScene();
});

describe('a request', () => {
  it('is one comment on the merged pull request, with digits, groups and what to write', async () => {
    const { outputs } = await scene.request();

    const [comment] = scene.forge.comments;
    expect(scene.forge.comments).toHaveLength(1);
    expect(comment?.body).toContain(approve);
    expect(comment?.body).toContain('@ada');
    expect(comment?.body).not.toContain('@dana');
    expect(comment?.body).toContain('`dana` (opened the pull request)');
    expect(comment?.body).toContain('`max` (started this run)');
    expect(outputs).toMatchObject({ decision: 'pending', subject, deadline: '2026-01-02T00:00:00.000Z' });
    expect(outputs['url']).toContain('#issuecomment-');
  });

  it('is found again by another attempt, by whomever it was started', async () => {
    const first = await scene.request();
    const second = await scene.request({}, { runAttempt: 2, triggeringActor: 'ada' });

    expect(second.outputs).toEqual(first.outputs);
    expect(scene.forge.comments).toHaveLength(1);
  });
});

describe('waiting', () => {
  it('ends as approved once each group has its quorum', async () => {
    await scene.request();
    scene.atLook(3, () => scene.forge.say('ada', approve));
    scene.atLook(5, () => scene.forge.say('Linus', `${approve} looks fine`));

    const result = await scene.wait();

    expect(result.failure).toBeUndefined();
    expect(result.outputs['decision']).toBe('approved');
    expect(JSON.parse(String(result.outputs['approvers']))).toMatchObject([
      { login: 'ada', group: 'engineering' },
      { login: 'Linus', group: 'operations' },
    ]);
    expect(result.entry?.parts.approvals).toMatchObject([
      { environment: 'production', subject, decision: 'approved' },
    ]);
    expect(scene.replies()).toHaveLength(1);
    expect(scene.replies()[0]).toContain('**Approved**');
    expect(digits).toHaveLength(12);
  });
});
