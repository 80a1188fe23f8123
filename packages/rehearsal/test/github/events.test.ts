import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openWorkshop, pushFeature, type Workshop } from './workshop.js';

let workshop: Workshop;

beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(async () => {
  await workshop.close();
  expect(workshop.host.violations).toEqual([]);
});

const named = (name: string): (typeof workshop.events)[number][] =>
  workshop.events.filter((event) => event.name === name);
const raised = (): readonly string[] => workshop.events.map(({ name, ref }) => `${name} ${ref}`);

describe('push', () => {
  it('carries a complete payload', async () => {
    const clone = await pushFeature(workshop, 'feature/a', { a: 'a' });
    const before = (await clone.git('rev-parse', 'HEAD')).stdout.trim();
    const second = await clone.commit('Second', { b: 'b' });
    const third = await clone.commit('Third\n\nwith a body', { c: 'c' });
    await clone.git('push', '-q', 'origin', 'HEAD');

    const event = named('push').at(-1);

    expect(event).toMatchObject({ ref: 'refs/heads/feature/a', sha: third, actor: 'bob', fork: false });
    expect(event?.payload).toMatchObject({
      ref: 'refs/heads/feature/a',
      before,
      after: third,
      created: false,
      deleted: false,
      forced: false,
      commits: [{ id: second }, { id: third, message: 'Third\n\nwith a body', author: { username: 'bob' } }],
      head_commit: { id: third },
      repository: { full_name: 'acme/shop', default_branch: 'develop', private: true },
      pusher: { name: 'bob' },
      sender: { login: 'bob', type: 'User' },
    });
  });

  it('says created, forced and deleted', async () => {
    const clone = await pushFeature(workshop, 'feature/a', { a: 'a' });
    await clone.git('commit', '-q', '--amend', '-m', 'Rewritten');
    await clone.git('push', '-q', '--force', 'origin', 'HEAD');
    await clone.git('push', '-q', 'origin', ':feature/a');

    const flags = named('push').map(({ payload }) => [
      payload['created'],
      payload['forced'],
      payload['deleted'],
    ]);

    expect(flags).toEqual([
      [true, false, false],
      [false, true, false],
      [false, false, true],
    ]);
    expect(raised()).toContain('delete refs/heads/develop');
  });

  it('takes hostile branch names and messages as data', async () => {
    const branch = `feature/$(touch$\{IFS}x)\`"'&;|#%E2%9C%93-日本`;
    const clone = await pushFeature(workshop, branch, { 'a"b\\c\nd.txt': 'x' });
    const message = `::set-output name=x::y\n\n##[add-mask]a "quoted" $\{{ secrets.KEY }} \u001b[31m`;
    const sha = await clone.commit(message, {});
    await clone.git('push', '-q', 'origin', 'HEAD');

    expect(named('push').at(-1)).toMatchObject({
      ref: `refs/heads/${branch}`,
      payload: { head_commit: { id: sha, message } },
    });
    const pull = await workshop.bob.openPullRequest({
      repository: 'acme/shop',
      head: branch,
      base: 'develop',
      title: message,
    });
    const { data } = await workshop.bob.request('GET', `/repos/acme/shop/pulls/${pull.number}`);
    expect(data).toMatchObject({ title: message, head: { ref: branch } });
    await workshop.bob.deleteBranch({ repository: 'acme/shop', branch });
    expect(named('pull_request').at(-1)?.payload['action']).toBe('closed');
  });

  it('raises nothing for a job token, yet moves the branch', async () => {
    const clone = await workshop.clone(workshop.bob);
    const sha = await clone.commit('By a job');
    const token = workshop.jobToken({ contents: 'write' });
    const url = workshop.host.serverUrl.replace('://', `://x-access-token:${token}@`);

    const pushed = await clone.git(
      'push',
      `${url}/acme/shop.git`,
      'HEAD:refs/heads/chore',
      'HEAD:refs/tags/v1',
    );

    expect(pushed.code).toBe(0);
    expect(workshop.events).toEqual([]);
    const { data } = await workshop.bob.request('GET', '/repos/acme/shop/branches/chore');
    expect(data).toMatchObject({ commit: { sha } });
  });

  it.each(['Change [skip ci]', '[no ci] change', 'Change\n\nskip-checks: true'])(
    'starts no push run for %j',
    async (message) => {
      const clone = await workshop.clone(workshop.bob);
      await clone.commit(message);
      await clone.git('push', '-q', 'origin', 'HEAD:refs/heads/quiet');

      expect(raised()).toEqual(['create refs/heads/quiet']);
    },
  );

  it('raises for three tags at once, and for none of four', async () => {
    const clone = await workshop.clone(workshop.bob);
    await clone.git('push', '-q', 'origin', 'HEAD:refs/tags/a', 'HEAD:refs/tags/b', 'HEAD:refs/tags/c');
    expect(named('push').map(({ ref }) => ref)).toEqual(['refs/tags/a', 'refs/tags/b', 'refs/tags/c']);
    workshop.events.length = 0;

    await clone.git('push', '-q', 'origin', ...['d', 'e', 'f', 'g'].map((tag) => `HEAD:refs/tags/${tag}`));

    expect(workshop.events).toEqual([]);
  });

  it('peels an annotated tag to its commit', async () => {
    const clone = await workshop.clone(workshop.bob);
    const sha = (await clone.git('rev-parse', 'HEAD')).stdout.trim();
    await clone.git('tag', '-a', '-m', 'One', 'v1.0.0');
    const object = (await clone.git('rev-parse', 'refs/tags/v1.0.0')).stdout.trim();
    await clone.git('push', '-q', 'origin', 'v1.0.0');

    expect(named('push')[0]).toMatchObject({
      ref: 'refs/tags/v1.0.0',
      sha,
      payload: { after: object, head_commit: { id: sha } },
    });
  });
});

describe('workflow_dispatch', () => {
  const path = '/repos/acme/shop/actions/workflows/delivery.yml/dispatches';

  it('is the one event a job token raises', async () => {
    const token = workshop.jobToken({ actions: 'write' });

    const response = await workshop.ask(token, path, {
      method: 'POST',
      body: JSON.stringify({ ref: 'develop' }),
    });

    expect(response.status).toBe(204);
    expect(workshop.events).toMatchObject([
      {
        name: 'workflow_dispatch',
        ref: 'refs/heads/develop',
        payload: { inputs: { reason: 'none' }, workflow: '.github/workflows/delivery.yml' },
      },
    ]);
  });

  it('hands on inputs, and refuses unknown ones, unknown refs and files without the trigger', async () => {
    await workshop.bob.dispatch({
      repository: 'acme/shop',
      workflow: 'delivery.yml',
      ref: 'develop',
      inputs: { reason: 'again' },
    });
    expect(workshop.events[0]?.payload['inputs']).toEqual({ reason: 'again' });

    const bad = [{ ref: 'develop', inputs: { other: 'x' } }, { ref: 'nowhere' }];
    for (const body of bad) expect((await workshop.bob.request('POST', path, body)).status).toBe(422);
    const other = path.replace('delivery', 'missing');
    expect((await workshop.bob.request('POST', other, { ref: 'develop' })).status).toBe(404);
  });
});

describe('a workflow that the default branch does not have', () => {
  it('cannot be dispatched, whatever the branch holds', async () => {
    const clone = await pushFeature(workshop, 'feature/new', {
      '.github/workflows/new.yml': 'on: workflow_dispatch\njobs: {}\n',
    });
    const path = '/repos/acme/shop/actions/workflows/new.yml/dispatches';
    const before = await workshop.bob.request('POST', path, { ref: 'feature/new' });
    const pushed = await clone.git('push', '-q', workshop.ann.remote('acme/shop'), 'HEAD:refs/heads/develop');
    const after = await workshop.bob.request('POST', path, { ref: 'feature/new' });

    expect([before.status, pushed.code, after.status]).toEqual([404, 0, 204]);
  });
});

describe('comments', () => {
  it('raise on the default branch, with issue and comment', async () => {
    const { number } = await workshop.bob.openIssue({ repository: 'acme/shop', title: 'Approval' });
    const { id } = await workshop.ann.comment({ repository: 'acme/shop', number, body: '/approve' });
    workshop.clock.advance(60_000);
    await workshop.bob.editComment({ repository: 'acme/shop', id, body: '/approve production' });
    await workshop.ann.deleteComment({ repository: 'acme/shop', id });

    expect(raised()).toEqual([
      'issues refs/heads/develop',
      'issue_comment refs/heads/develop',
      'issue_comment refs/heads/develop',
      'issue_comment refs/heads/develop',
    ]);
    expect(named('issue_comment').map(({ actor, payload }) => [actor, payload['action']])).toEqual([
      ['ann', 'created'],
      ['bob', 'edited'],
      ['ann', 'deleted'],
    ]);
    expect(named('issue_comment')[1]?.payload).toMatchObject({
      comment: {
        user: { login: 'ann' },
        created_at: '2026-11-21T10:00:00Z',
        updated_at: '2026-11-21T10:01:00Z',
      },
      changes: { body: { from: '/approve' } },
    });
  });

  it('raise nothing when a job wrote them', async () => {
    const { number } = await workshop.bob.openIssue({ repository: 'acme/shop', title: 'Approval' });
    workshop.events.length = 0;
    const body = JSON.stringify({ body: 'requested' });

    const response = await workshop.ask(
      workshop.jobToken({ issues: 'write' }),
      `/repos/acme/shop/issues/${number}/comments`,
      { method: 'POST', body },
    );

    expect(await response.json()).toMatchObject({ user: { login: 'github-actions[bot]', type: 'Bot' } });
    expect(workshop.events).toEqual([]);
  });

  it('cannot be edited by somebody who may only read', async () => {
    const { number } = await workshop.bob.openIssue({ repository: 'acme/shop', title: 'Approval' });
    const { id } = await workshop.ann.comment({ repository: 'acme/shop', number, body: '/approve' });
    const reader = workshop.host.person('rita', { role: 'read' });

    await expect(reader.editComment({ repository: 'acme/shop', id, body: 'x' })).rejects.toThrow('403');
  });
});
