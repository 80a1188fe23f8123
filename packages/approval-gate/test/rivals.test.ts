// Requests of other runs of the branch, wherever they were made: older ones end, a newer one stands in the way.
import { beforeEach, describe, expect, it } from '@jest/globals';
import { approve, openScene, type Scene } from './scene.js';

const sha = (letter: string): string => letter.repeat(40);
const path = '.github/workflows/delivery.yml';
const [older, newer] = [
  { run: { runId: 1000, sha: sha('a') }, thread: 7 },
  { run: { runId: 2000, sha: sha('d') }, thread: 9 },
];
const other = `sha256:${'f'.repeat(64)}`;

let scene: Scene;
beforeEach(() => {
  scene = openScene();
  const pull = (number: number, commit: string): unknown => ({
    number,
    merged_at: '2026-01-01T00:00:00Z',
    merge_commit_sha: commit,
    user: { login: 'dana' },
    base: { sha: sha('b') },
    head: { sha: sha('c') },
  });
  scene.forge.on('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', ({ commit_sha: commit }) =>
    commit === sha('a') ? [pull(7, sha('a'))] : [pull(9, sha('d'))],
  );
  scene.forge.on('GET /repos/{owner}/{repo}/actions/runs', ({ branch, event }) => ({
    workflow_runs:
      branch === 'master' && event === 'push'
        ? [
            { id: newer.run.runId, head_sha: newer.run.sha, path: `${path}@refs/heads/master` },
            { id: 1500, head_sha: sha('e'), path: '.github/workflows/other.yml' },
            { id: older.run.runId, head_sha: older.run.sha, path },
          ]
        : [],
  }));
});

describe('a request', () => {
  it('ends an older run’s request on its own pull request', async () => {
    const first = await scene.request({}, older.run);
    const second = await scene.request({ subject: other }, newer.run);
    scene.forge.say('ada', approve);
    scene.forge.say('linus', approve);

    const result = await scene.wait({}, older.run);

    expect(scene.forge.comments.map(({ thread }) => thread)).toEqual([7, 9, 7, 7, 7]);
    expect(result.failure?.code).toBe('superseded');
    expect(scene.replies()).toHaveLength(1);
    expect(scene.replies()[0]).toContain(`[A newer request](${String(second.outputs['url'])})`);
    expect(first.outputs['id']).not.toBe(second.outputs['id']);
  });

  it('leaves alone what an older run had approved already', async () => {
    await scene.request({}, older.run);
    scene.forge.say('ada', approve);
    scene.forge.say('linus', approve);
    await scene.wait({}, older.run);

    await scene.request({ subject: other }, newer.run);

    expect(scene.replies().filter((body) => body.includes('**Superseded**'))).toEqual([]);
  });

  it('of an older run comes too late once a newer one has asked', async () => {
    await scene.request({ subject: other }, newer.run);

    await expect(scene.request({}, older.run)).rejects.toMatchObject({
      code: 'superseded',
      message: expect.stringContaining('run 2000 has asked since'),
      outputs: { decision: 'superseded' },
    });
  });

  it('for another environment disturbs nobody', async () => {
    await scene.request({}, older.run);
    await scene.request({ environment: 'staging', subject: other }, newer.run);

    expect(scene.replies()).toEqual([]);
  });
});
