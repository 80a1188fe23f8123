// A pause asked about in an issue: whose comment counts, and what becomes of the issue.
import type { Context } from '@headgate/kit/context';
import { createFakeClock, type FakeClock } from '@headgate/kit/testing/clock';
import { createTestGitHub, type TestGitHub } from '@headgate/kit/testing/github';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { openApprovals } from '../src/approval-thread.js';
import type { Approvers } from '../src/approvers.js';
import type { Approvals } from '../src/pauses.js';

const issues = '/repos/{owner}/{repo}/issues';
const comments = `${issues}/{issue_number}/comments`;
const at = '2026-01-01T00:00:00Z';
const question = {
  percent: 25,
  digest: 'sha256:new',
  deadline: Date.UTC(2026, 0, 1, 1),
  findings: ['at 25 %: pass'],
};
const exclude: Approvers['exclude'] = ['actor', 'merger', 'pull-request-author'];

interface Said {
  readonly by: string;
  readonly body: string;
  readonly type?: string;
  readonly editedAt?: string;
}

describe('a pause asked about on GitHub', () => {
  let github: TestGitHub;
  let clock: FakeClock;
  let warnings: string[];
  let said: Said[];

  beforeEach(() => {
    github = createTestGitHub();
    clock = createFakeClock();
    warnings = [];
    said = [];
    github.on(`POST ${issues}`, { number: 9, html_url: 'https://github.com/acme/shop/issues/9' });
    github.on(`GET ${comments}`, () =>
      said.map(({ by, body, type = 'User', editedAt = at }) => {
        return { body, user: { login: by, type }, created_at: at, updated_at: editedAt };
      }),
    );
    github.on(`POST ${comments}`, {});
    github.on(`PATCH ${issues}/{issue_number}`, {});
    github.on('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', [
      { number: 3, user: { login: 'Author' } },
    ]);
    github.on('GET /repos/{owner}/{repo}/pulls/{pull_number}', { number: 3, merged_by: { login: 'merger' } });
  });

  function open(approvers: Partial<Approvers> = {}): Approvals {
    const context: Pick<Context, 'sha' | 'actor' | 'triggeringActor' | 'runUrl'> = {
      sha: 'a'.repeat(40),
      actor: 'starter',
      triggeringActor: 'starter',
      runUrl: 'https://github.com/acme/shop/actions/runs/1',
    };
    return openApprovals({
      connect: () => github.connect('token'),
      clock,
      warn: (message) => warnings.push(message),
      log: () => undefined,
      context,
      approvers: {
        people: ['ada', 'grace', 'author', 'merger', 'starter'],
        exclude,
        intervalMs: 15_000,
        ...approvers,
      },
      subject: 'web in production',
      digitsOf: () => '0123456789ab',
    });
  }

  it('names share, findings, digits, deadline and only those who may approve', async () => {
    expect(await open().look(question)).toBeNull();

    const parameters = github.calls.find(({ route }) => route === `POST ${issues}`)?.parameters;
    expect(parameters?.['title']).toBe('web in production: go on after 25 %?');
    const body = String(parameters?.['body']);
    expect(body).toMatch(/sha256:new gets 25 % of the requests/);
    expect(body).toContain('@ada, @grace: comment `/approve 0123456789ab`');
    expect(body).toContain('goes back at 2026-01-01T01:00:00.000Z');
    expect(body).not.toContain('@merger');
  });

  it.each<readonly [string, Said, string | null]>([
    ['an approver', { by: 'Ada', body: '/approve 0123456789ab' }, 'Ada'],
    ['one with a reason', { by: 'ada', body: '/approve 0123456789ab looks fine\n\nthanks' }, 'ada'],
    ['somebody else', { by: 'eve', body: '/approve 0123456789ab' }, null],
    ['a bot of that name', { by: 'ada', body: '/approve 0123456789ab', type: 'Bot' }, null],
    [
      'an edited comment',
      { by: 'ada', body: '/approve 0123456789ab', editedAt: '2026-01-01T00:01:00Z' },
      null,
    ],
    ['other digits', { by: 'ada', body: '/approve ba9876543210' }, null],
    ['no digits', { by: 'ada', body: '/approve' }, null],
    ['a quote', { by: 'ada', body: '> /approve 0123456789ab' }, null],
    ['a later line', { by: 'ada', body: 'well\n/approve 0123456789ab' }, null],
    ['who started the run', { by: 'starter', body: '/approve 0123456789ab' }, null],
    ['who wrote it', { by: 'author', body: '/approve 0123456789ab' }, null],
    ['who merged it', { by: 'merger', body: '/approve 0123456789ab' }, null],
  ])('%s: %j', async (_, comment, who) => {
    said = [comment];

    expect(await open().look(question)).toBe(who);
  });

  it.each(['grace', 'merger'])('ends at once when %s says no, whoever said yes before', async (login) => {
    said = [
      { by: 'ada', body: '/approve 0123456789ab' },
      { by: login, body: '/reject 0123456789ab' },
    ];

    await expect(open().look(question)).rejects.toMatchObject({
      code: 'not-approved',
      message: expect.stringContaining(`${login} said no`),
    });
  });

  it('asks once, looks now and then, and goes on with what is known', async () => {
    const approvals = open();
    await approvals.look(question);
    said = [{ by: 'ada', body: '/approve 0123456789ab' }];

    expect(await approvals.look(question)).toBeNull();
    clock.advance(15_000);
    expect(await approvals.look(question)).toBe('ada');
    expect(await approvals.look(question)).toBe('ada');
    await approvals.close(question, 'approved by ada');

    const routes = github.calls.map(({ route }) => route);
    expect(routes.filter((route) => route === `POST ${issues}`)).toHaveLength(1);
    expect(routes.filter((route) => route === `GET ${comments}`)).toHaveLength(2);
    expect(github.calls.at(-2)?.parameters).toEqual({ issue_number: 9, body: 'approved by ada' });
    expect(github.calls.at(-1)?.parameters).toEqual({ issue_number: 9, state: 'closed' });
  });

  it('looks as often as it is told', async () => {
    const approvals = open({ intervalMs: 1_000 });
    await approvals.look(question);
    said = [{ by: 'ada', body: '/approve 0123456789ab' }];
    clock.advance(999);
    expect(await approvals.look(question)).toBeNull();
    clock.advance(1);

    expect(await approvals.look(question)).toBe('ada');
  });

  it('asks again when GitHub was away', async () => {
    const approvals = open();
    github.on(`POST ${issues}`, () => {
      throw new Error('502');
    });
    expect(await approvals.look(question)).toBeNull();
    expect(warnings).toEqual([expect.stringContaining('502')]);
    github.on(`POST ${issues}`, { number: 9 });
    said = [{ by: 'ada', body: '/approve 0123456789ab' }];
    clock.advance(15_000);

    expect(await approvals.look(question)).toBe('ada');
  });

  it('fails at once where nobody may approve, or the token may not ask', async () => {
    await expect(open({ people: ['author'] }).look(question)).rejects.toMatchObject({ code: 'not-approved' });
    const bare = createTestGitHub();
    github = bare;

    await expect(open().look(question)).rejects.toMatchObject({ code: 'not-approved' });
  });
});
