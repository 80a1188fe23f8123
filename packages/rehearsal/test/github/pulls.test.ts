import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { addRun, jobOf, openWorkshop, pushFeature, type Workshop } from './workshop.js';

let workshop: Workshop;

beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(async () => {
  await workshop.close();
  expect(workshop.host.violations).toEqual([]);
});

const repository = 'acme/shop';
const open = (head: string, base = 'develop'): Promise<{ number: number }> =>
  workshop.bob.openPullRequest({ repository, head, base, title: `Merge ${head}` });
const pull = async (number: number): Promise<Record<string, unknown>> =>
  (await workshop.bob.request('GET', `/repos/acme/shop/pulls/${number}`)).data as Record<string, unknown>;
const pullEvents = (): readonly unknown[] =>
  workshop.events.filter(({ name }) => name === 'pull_request').map(({ payload }) => payload['action']);

describe('the test merge', () => {
  it('is a commit of base and head, kept under refs/pull, and what the run is on', async () => {
    const clone = await pushFeature(workshop, 'feature/a', { a: 'a' });
    const head = (await clone.git('rev-parse', 'HEAD')).stdout.trim();
    const base = (await clone.git('rev-parse', 'origin/develop')).stdout.trim();
    const { number } = await open('feature/a');
    await clone.git('fetch', '-q', 'origin', `refs/pull/${number}/merge`);

    const parents = (await clone.git('log', '-1', '--format=%H %P', 'FETCH_HEAD')).stdout.trim().split(' ');

    expect(parents.slice(1)).toEqual([base, head]);
    expect(workshop.events.at(-1)).toMatchObject({
      name: 'pull_request',
      ref: `refs/pull/${number}/merge`,
      sha: parents[0],
      fork: false,
      payload: {
        action: 'opened',
        number,
        pull_request: { head: { sha: head }, base: { sha: base }, commits: 1, changed_files: 1 },
      },
    });
    expect(await pull(number)).toMatchObject({
      mergeable: true,
      merge_commit_sha: parents[0],
      mergeable_state: 'clean',
    });
  });

  it('follows a push to the head with synchronize, and one to the base without an event', async () => {
    const clone = await pushFeature(workshop, 'feature/a', { a: 'a' });
    const { number } = await open('feature/a');
    const before = workshop.events.at(-1)?.sha;
    const head = await clone.commit('More', { b: 'b' });
    await clone.git('push', '-q', 'origin', 'HEAD');
    const admin = await workshop.clone(workshop.ann);
    await admin.commit('On develop', { c: 'c' });
    await admin.git('push', '-q', 'origin', 'HEAD:develop');

    expect(pullEvents()).toEqual(['opened', 'synchronize']);
    const synchronize = workshop.events.find(({ payload }) => payload['action'] === 'synchronize');
    expect(synchronize?.payload).toMatchObject({ after: head, pull_request: { head: { sha: head } } });
    expect(synchronize?.sha).not.toBe(before);
    expect((await pull(number))['merge_commit_sha']).not.toBe(synchronize?.sha);
  });

  it('is missing on a conflict: not mergeable, no run, no merge', async () => {
    await pushFeature(workshop, 'feature/a', { 'readme.md': 'ours\n' });
    await pushFeature(workshop, 'feature/b', { 'readme.md': 'theirs\n' });
    const first = await open('feature/a');
    const second = await open('feature/b');
    await workshop.bob.merge({ repository, number: first.number });
    workshop.events.length = 0;

    expect(await pull(second.number)).toMatchObject({
      mergeable: false,
      mergeable_state: 'dirty',
      merge_commit_sha: null,
    });
    await expect(workshop.bob.merge({ repository, number: second.number })).rejects.toThrow('405');
    const clone = await workshop.clone(workshop.bob);
    await clone.git('checkout', '-q', 'feature/b');
    await clone.commit('Still in conflict', { d: 'd' });
    await clone.git('push', '-q', 'origin', 'HEAD');
    expect(pullEvents()).toEqual([]);
    expect(workshop.events.map(({ name }) => name)).toEqual(['push']);
  });
});

describe('merging', () => {
  it.each([
    ['merge' as const, 2, 'Merge pull request #1 from acme/feature/a\n\nMerge feature/a'],
    ['squash' as const, 1, 'Change on feature/a (#1)'],
    ['rebase' as const, 1, 'Change on feature/a'],
  ])('by %s makes a real commit, then closed and push', async (method, parents, message) => {
    await pushFeature(workshop, 'feature/a', { a: 'a' });
    const admin = await workshop.clone(workshop.ann);
    await admin.commit('Meanwhile', { c: 'c' });
    await admin.git('push', '-q', 'origin', 'HEAD:develop');
    const { number } = await open('feature/a');
    workshop.events.length = 0;

    const { sha } = await workshop.bob.merge({ repository, number, method });

    const { data } = await workshop.bob.request('GET', `/repos/acme/shop/commits/${sha}`);
    expect(data).toMatchObject({ commit: { message }, parents: { length: parents } });
    expect(workshop.events.map(({ name, ref, sha: at }) => `${name} ${ref} ${at === sha}`)).toEqual([
      'pull_request refs/heads/develop true',
      'push refs/heads/develop true',
    ]);
    expect(workshop.events[0]?.payload).toMatchObject({
      action: 'closed',
      pull_request: { merged: true, merge_commit_sha: sha, merged_by: { login: 'bob' } },
    });
    const { data: found } = await workshop.bob.request('GET', `/repos/acme/shop/commits/${sha}/pulls`);
    expect(found).toMatchObject([{ number, merged_at: '2026-11-21T10:00:00Z' }]);
  });

  it('by a job token raises nothing', async () => {
    await pushFeature(workshop, 'feature/a', { a: 'a' });
    const { number } = await open('feature/a');
    workshop.events.length = 0;

    const token = workshop.jobToken({ contents: 'write', 'pull-requests': 'write' });
    const response = await workshop.ask(token, `/repos/acme/shop/pulls/${number}/merge`, {
      method: 'PUT',
      body: '{}',
    });

    expect(response.status).toBe(200);
    expect(workshop.events).toEqual([]);
  });

  it('refuses a head that moved since it was looked at', async () => {
    await pushFeature(workshop, 'feature/a', { a: 'a' });
    const { number } = await open('feature/a');

    const { status } = await workshop.bob.request('PUT', `/repos/acme/shop/pulls/${number}/merge`, {
      sha: 'b'.repeat(40),
    });

    expect(status).toBe(409);
  });

  it('counts a head pushed to its base as merged', async () => {
    const clone = await pushFeature(workshop, 'feature/a', { a: 'a' });
    const { number } = await open('feature/a');
    const head = (await clone.git('rev-parse', 'HEAD')).stdout.trim();

    await clone.git('push', '-q', workshop.ann.remote(repository), 'HEAD:develop');

    expect(await pull(number)).toMatchObject({ merged: true, state: 'closed', merge_commit_sha: head });
    expect(pullEvents()).toEqual(['opened', 'closed']);
  });

  it('waits for required checks, of which a skipped one counts as green', async () => {
    await workshop.close();
    workshop = await openWorkshop({ requiredChecks: ['deliver / result (pull_request)'] });
    await pushFeature(workshop, 'feature/a', { a: 'a' });
    const { number } = await open('feature/a');
    const event = workshop.events.at(-1);
    if (event === undefined) throw new Error('no event');
    const head = (await pull(number))['head'] as { sha: string };
    const check = (
      conclusion: 'failure' | 'skipped',
      status: 'in_progress' | 'completed' = 'completed',
    ): void => {
      const job = jobOf(workshop.host, { name: 'deliver / result (pull_request)', conclusion, status });
      addRun(workshop, event, { headSha: head.sha, jobs: [job] });
    };

    await expect(workshop.bob.merge({ repository, number })).rejects.toThrow('Required status check');
    check('failure');
    await expect(workshop.bob.merge({ repository, number })).rejects.toThrow('405');
    check('skipped');

    expect((await workshop.bob.merge({ repository, number })).sha).toMatch(/^[0-9a-f]{40}$/u);
  });
});

describe('opening and changing', () => {
  it.each([
    ['a head that is no branch', 'feature/none', 'develop'],
    ['a base that is no branch', 'feature/a', 'nowhere'],
    ['nothing to merge', 'master', 'develop'],
  ])('refuses %s', async (_name, head, base) => {
    await pushFeature(workshop, 'feature/a', { a: 'a' });

    await expect(open(head, base)).rejects.toThrow('422');
  });

  it('refuses a second one of the same branches', async () => {
    await pushFeature(workshop, 'feature/a', { a: 'a' });
    await open('feature/a');

    await expect(open('feature/a')).rejects.toThrow('already exists');
  });

  it('edits, closes, reopens', async () => {
    await pushFeature(workshop, 'feature/a', { a: 'a' });
    const { number } = await open('feature/a');
    const path = `/repos/acme/shop/pulls/${number}`;

    await workshop.bob.request('PATCH', path, { title: 'Other' });
    await workshop.bob.closePullRequest({ repository, number });
    await workshop.bob.request('PATCH', path, { state: 'open' });

    expect(pullEvents()).toEqual(['opened', 'edited', 'closed', 'reopened']);
    expect(await pull(number)).toMatchObject({ title: 'Other', state: 'open', merged: false });
  });
});

describe('forks', () => {
  it('bring pull requests that say so, from people who cannot write', async () => {
    const eve = workshop.host.person('eve', { role: 'read' });
    const fork = await workshop.host.addFork(repository, 'eve');
    const clone = await workshop.clone(eve, fork);
    await clone.git('checkout', '-q', '-b', 'feature/evil');
    const head = await clone.commit('From outside', { e: 'e' });
    await clone.git('push', '-q', 'origin', 'HEAD');

    const own = await clone.git('push', eve.remote(repository), 'HEAD:refs/heads/feature/evil');
    const { number } = await eve.openPullRequest({
      repository,
      head: 'eve:feature/evil',
      base: 'develop',
      title: 'Evil',
    });
    const second = await clone.commit('More', { f: 'f' });
    await clone.git('push', '-q', 'origin', 'HEAD');

    expect(own.code).not.toBe(0);
    expect(workshop.host.repository(fork)).toMatchObject({ secrets: {}, variables: {}, environments: {} });
    const raised = workshop.events.filter((event) => event.repository === repository);
    expect(raised).toMatchObject([
      {
        name: 'pull_request',
        fork: true,
        payload: {
          action: 'opened',
          pull_request: { head: { sha: head, repo: { full_name: fork, fork: true } } },
        },
      },
      { name: 'pull_request', fork: true, payload: { action: 'synchronize', after: second } },
    ]);
    await expect(eve.merge({ repository, number })).rejects.toThrow('403');
    expect((await workshop.bob.merge({ repository, number })).sha).toMatch(/^[0-9a-f]{40}$/u);
  });
});
