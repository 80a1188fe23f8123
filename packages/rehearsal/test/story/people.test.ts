// What people do in a story, on the real double.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createPeople, type People } from '../../src/story/people.js';
import { openWorkshop, pushFeature, type Workshop } from '../github/workshop.js';

const repository = 'acme/shop';
const first = 'a1b2c3d4e5f6';
const second = '0123456789ab';
let workshop: Workshop;
let people: People;

beforeEach(async () => {
  workshop = await openWorkshop({ protectedBranches: [] });
  people = createPeople(workshop.host, repository, workshop.clock);
});
afterEach(() => workshop.close());

async function openPull(): Promise<number> {
  await pushFeature(workshop, 'release/1.0.0', { 'a.txt': 'a' });
  return people.openPullRequest({ by: 'mona', branch: 'release/1.0.0', into: 'master', title: 'Release' });
}

async function botSays(number: number, body: string): Promise<void> {
  const token = workshop.jobToken({ issues: 'write', 'pull-requests': 'write' });
  const headers = { 'content-type': 'application/json' };
  const path = `/repos/${repository}/issues/${number}/comments`;
  const answer = await workshop.ask(token, path, { method: 'POST', headers, body: JSON.stringify({ body }) });
  if (answer.status !== 201) throw new Error(await answer.text());
}

interface Comment {
  readonly body: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly user: { readonly login: string; readonly type: string };
}

async function newestComment(number: number): Promise<Comment | undefined> {
  const { data } = await workshop.ann.request('GET', `/repos/${repository}/issues/${number}/comments`);
  return (data as readonly Comment[]).at(-1);
}

const comment = { by: 'mona', on: 'request', kind: 'user', text: '{approve-line}' } as const;

describe('a comment on the request', () => {
  it('copies the line of the newest request', async () => {
    const number = await openPull();
    await botSays(number, `To approve:\n\n\`\`\`\n/approve ${first}\n\`\`\`\n`);
    await workshop.clock.sleep(1_000);
    await botSays(number, `Void. Now:\n/approve ${second}`);

    await people.comment({ ...comment, text: '{approve-line} because {subject}' });

    expect((await newestComment(number))?.body).toBe(`/approve ${second} because ${second}`);
  });

  it('is by a bot where the story says so', async () => {
    const number = await openPull();
    await botSays(number, `/approve ${first}`);

    await people.comment({ ...comment, by: 'robot', kind: 'bot' });

    expect((await newestComment(number))?.user).toMatchObject({ login: 'robot[bot]', type: 'Bot' });
  });

  it('is edited afterwards, which its times show', async () => {
    const number = await openPull();
    await botSays(number, `/approve ${first}`);
    await people.comment({ ...comment, text: 'Looks good', edit: '{approve-line}' });

    const found = await newestComment(number);

    expect(found?.body).toBe(`/approve ${first}`);
    expect(found?.updated_at).not.toBe(found?.created_at);
    expect(found?.updated_at).not.toBe(found?.created_at);
    expect(
      workshop.events.filter(({ name }) => name === 'issue_comment').map(({ payload }) => payload['action']),
    ).toEqual(['created', 'edited']);
  });

  it('needs a request by the workflow: what somebody else writes is none', async () => {
    const number = await openPull();
    await workshop.bob.comment({ repository, number, body: `/approve ${first}` });

    await expect(people.comment(comment)).rejects.toThrow('no request for approval is open');
    await expect(people.replies()).rejects.toThrow('no request for approval is open');
  });

  it('is answered below the request, which is no answer itself', async () => {
    const number = await openPull();
    await botSays(number, 'A forecast');
    await botSays(number, `<!-- request -->\nBots may not approve. Write:\n/approve ${first}`);
    await botSays(number, `<!-- reply\n1 -->\nIt was edited. Write:\n/approve ${first}`);

    expect(await people.replies()).toEqual([`It was edited. Write:\n/approve ${first}`]);
  });

  it('finds a request that is an issue, and what was replied below it', async () => {
    const token = workshop.jobToken({ issues: 'write' });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const body = JSON.stringify({ title: 'Approval', body: `/approve ${first}` });
    await workshop.ask(token, `/repos/${repository}/issues`, { ...init, body });
    await people.comment(comment);
    await botSays(1, 'This does not count');

    expect(await people.replies()).toEqual(['This does not count']);
  });
});

describe('a comment on a pull request', () => {
  it('goes to the open one of the branch, without any request', async () => {
    const number = await openPull();

    await people.comment({ ...comment, on: { 'pull-request': 'release/1.0.0' }, text: 'Ready?' });

    expect((await newestComment(number))?.body).toBe('Ready?');
  });

  it('is refused where none is open', async () => {
    const on = { 'pull-request': 'release/2.0.0' };

    await expect(people.comment({ ...comment, on })).rejects.toThrow(
      'there is no open pull request from release/2.0.0',
    );
  });
});

describe('a merge', () => {
  it('takes the pull request into the named branch', async () => {
    await openPull();
    const other = { branch: 'release/1.0.0', into: 'develop', title: 'Back' };
    const back = await people.openPullRequest({ by: 'mona', ...other });

    await people.merge({ by: 'bob', branch: 'release/1.0.0', into: 'master' });

    const { data } = await workshop.ann.request('GET', `/repos/${repository}/pulls/${back}`);
    expect(data).toMatchObject({ state: 'open' });
    await expect(people.merge({ by: 'bob', branch: 'release/1.0.0', into: 'master' })).rejects.toThrow(
      'no open pull request from release/1.0.0 into master',
    );
  });
});

describe('a re-run', () => {
  it('needs a run', async () => {
    const run = { event: 'push', branch: 'master', earlier: 0 };

    await expect(people.rerun({ by: 'mona', run, failed: true })).rejects.toThrow(
      'there is no run for push on master',
    );
  });
});

describe('releases', () => {
  it('are listed with drafts and assets', async () => {
    const draft = { tag_name: 'v1.0.0', draft: true };
    await workshop.bob.request('POST', `/repos/${repository}/releases`, draft);

    expect(await people.releases()).toEqual([{ tag: 'v1.0.0', draft: true, assets: [] }]);
  });
});

describe('a pull request from a fork', () => {
  it('is opened by somebody who may only read', async () => {
    const fork = await workshop.host.addFork(repository, 'eve');
    const eve = workshop.host.person('eve', { role: 'read' });
    const clone = await workshop.clone(eve, fork);
    await clone.commit('A gift', { 'gift.txt': 'x' });
    await clone.git('push', '-q', 'origin', 'HEAD:refs/heads/feature/gift');

    await people.openPullRequest({
      by: 'eve',
      branch: 'feature/gift',
      into: 'develop',
      title: 'A gift',
      fork: true,
    });

    const [pull] = await people.pullRequests();
    expect(pull).toMatchObject({ open: true, branch: 'feature/gift', into: 'develop', by: 'eve' });
    const path = `/repos/${repository}/git/refs`;
    const ref = { ref: 'refs/heads/mine', sha: '0'.repeat(40) };
    expect((await eve.request('POST', path, ref)).status).toBe(403);
  });
});

describe('what the workflow wrote', () => {
  it('is read on the pull request, without what nobody sees', async () => {
    const number = await openPull();
    await botSays(number, '<!-- forecast -->\nNothing conflicts');
    await workshop.bob.comment({ repository, number, body: 'Nice' });

    expect(await people.workflowComments(number)).toEqual(['Nothing conflicts']);
  });
});

it('deployments are counted by environment', async () => {
  const token = workshop.jobToken({ deployments: 'write' });
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ ref: 'develop', environment: 'production', required_contexts: [] });
  await workshop.ask(token, `/repos/${repository}/deployments`, { method: 'POST', headers, body });

  expect(await people.deployments('production')).toBe(1);
  expect(await people.deployments('staging')).toBe(0);
});
