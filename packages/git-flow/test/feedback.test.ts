// Mode feedback against the double: the comment on the pull request, and what a notice is given.
import type { Decision } from '@headgate/configuration/decision';
import type { Context } from '@headgate/kit/context';
import { legHash } from '@headgate/kit/record-names';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { createTestGitHub, type TestGitHub } from '@headgate/kit/testing/github';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { FeedbackInputs } from '../src/feedback-inputs.js';
import type { JobResult } from '../src/input-forms.js';
import { run } from '../src/run.js';
import { decisionOf, entryOf, offerEntries } from './fixtures.js';

const comments = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';
const jobs = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs';
const cause = {
  code: 'gate-failed',
  message: 'the gate test failed',
  hint: 'Correct the test.',
  file: 'app/Dockerfile',
  line: 4,
  excerpt: 'not ok 1',
};
const broken = entryOf('images', 'shop', { result: 'failure', cause });

let github: TestGitHub;
let deps: TestDeps;
let body: string | null;

function about(overrides: Partial<Context> = {}, head = 'acme/shop'): void {
  const pull = { number: 7, head: { sha: 'f'.repeat(40), repo: { full_name: head } } };
  const context = createTestContext({
    eventName: 'pull_request',
    event: { pull_request: pull },
    ...overrides,
  });
  deps = createTestDeps({ connectGitHub: github.connect, context });
}

beforeEach(() => {
  github = createTestGitHub();
  body = null;
  github.on(comments, () => (body === null ? [] : [{ id: 3, body, user: { type: 'Bot' } }]));
  for (const route of [
    comments.replace('GET', 'POST'),
    'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
  ])
    github.on(route, (parameters: Readonly<Record<string, unknown>>) => {
      body = String(parameters['body']);
      return {};
    });
  github.on(jobs, {
    jobs: [
      { name: 'flow / images / image (other)', conclusion: 'success', html_url: 'https://github.com/job/1' },
      {
        name: 'flow / images / image (shop)',
        conclusion: 'failure',
        html_url: 'https://github.com/acme/shop/actions/runs/1000/job/2',
      },
    ],
  });
  about();
});

function feedback(needs: Readonly<Record<string, JobResult>>, more: Partial<FeedbackInputs> = {}) {
  return run(
    {
      mode: 'feedback',
      decision: JSON.stringify(decisionOf()),
      needs: new Map(Object.entries(needs)),
      handedOn: new Map(),
      failure: '',
      comment: true,
      githubToken: 'token',
      ...more,
    },
    deps,
  );
}

const failed = { decide: 'success', images: 'failure', collect: 'failure' } as const;
const green = { decide: 'success', images: 'success', collect: 'success', deploy: 'success' } as const;

describe('the comment of a run', () => {
  it('says what failed, where at the commit, why, what to do next, with the log of the very job', async () => {
    offerEntries(github, [broken]);

    await feedback(failed);

    for (const text of [
      '### images shop failed',
      '**the gate test failed** `gate-failed`',
      `- Where: [app/Dockerfile:4](https://github.com/acme/shop/blob/${'a'.repeat(40)}/app/Dockerfile#L4)`,
      '- Next: Correct the test.',
      '- Log: [the job](https://github.com/acme/shop/actions/runs/1000/job/2)',
      'not ok 1',
    ])
      expect(body).toContain(text);
    expect(deps.core.summary()).toContain('### images shop failed');
  });

  it('is resolved by a later run that passes, and only by one that ran', async () => {
    offerEntries(github, [broken]);
    await feedback(failed);
    offerEntries(github, [entryOf('images', 'shop')]);

    about({ runId: 1001 });
    await feedback({ ...green, images: 'cancelled' });
    await feedback(green, { decision: JSON.stringify(decisionOf({ nothing: 'not for us' })) });
    expect(body).toContain('images shop failed');
    await feedback(green);
    expect(body).toContain('**Resolved**');
    expect(body).not.toContain('images shop failed');
  });

  it('tells that headgate.yml is wrong, when there is no decision at all', async () => {
    const handed = {
      code: 'invalid-configuration',
      message: 'one problem',
      hint: 'h',
      file: 'headgate.yml',
      line: 3,
    };

    await feedback(
      { decide: 'failure', images: 'skipped' },
      { decision: '', handedOn: new Map([['decide', JSON.stringify(handed)]]) },
    );

    expect(body).toContain(
      `[headgate.yml:3](https://github.com/acme/shop/blob/${'a'.repeat(40)}/headgate.yml#L3)`,
    );
  });

  it.each([
    ['a push', createTestContext().eventName, 'acme/shop', 'no pull request'],
    ['a fork', 'pull_request', 'eve/shop', 'can only read'],
  ])('is left to the summary for %s', async (_, eventName, head, why) => {
    offerEntries(github, [broken]);
    about({ eventName }, head);

    await feedback(failed);

    expect(body).toBeNull();
    expect(deps.core.lines.join()).toContain(why);
    expect(deps.core.summary()).toContain('### images shop failed');
  });

  it('does not fail because of entries or jobs that cannot be read', async () => {
    about();

    const result = await feedback(failed);

    expect(result.failure).toBeUndefined();
    expect(body).toContain('the job images failed before it could say why');
  });

  it.each(['{"code":7}', 'no JSON', '[]'])('takes %j of another job for nothing', async (text) => {
    await feedback({ decide: 'failure' }, { decision: '', handedOn: new Map([['decide', text]]) });

    expect(body).toContain('the job decide failed before it could say why');
  });
});

describe('what a notice is given', () => {
  it('is cause, place, next action and log of each leg, beside what the decision wants said', async () => {
    offerEntries(github, [broken]);
    const settings = { leg: 'failed', event: 'failed', channels: [], data: { environment: 'staging' } };
    const decision = JSON.stringify(decisionOf({ notifications: { failed: settings } }));

    const { outputs } = await feedback(failed, { decision, comment: false });

    expect(JSON.parse(String(outputs['notice']))).toEqual({
      environment: 'staging',
      failures: [
        {
          what: 'images shop',
          code: 'gate-failed',
          message: 'the gate test failed',
          next: 'Correct the test.',
          place: 'app/Dockerfile:4',
          'place-url': `https://github.com/acme/shop/blob/${'a'.repeat(40)}/app/Dockerfile#L4`,
          'log-url': 'https://github.com/acme/shop/actions/runs/1000/job/2',
        },
      ],
    });
    expect(body).toBeNull();
  });

  it.each<readonly [string, readonly string[], Partial<Decision>, boolean]>([
    ['something newer took its place', ['superseded'], {}, false],
    ['it makes room until somebody approves', ['parked'], {}, false],
    ['a target was superseded and another one failed', ['superseded', 'swap-failed'], {}, true],
    ['the release to be restored did not come', ['superseded'], { evidence: 'restore' }, true],
  ])('%s', async (_, codes, more, told) => {
    const legs = codes.map((_code, at) => `t${at}`);
    const targets = legs.map((name) => ({
      stage: 'deploy',
      name,
      leg: legHash('deploy', name),
      settings: {},
    }));
    const settings = { targets, ...more } as Partial<Decision>;
    const entries = codes.map((code, at) =>
      entryOf('deploy', `t${at}`, { result: 'failure', cause: { code, message: 'm', hint: 'h' } }),
    );
    offerEntries(github, entries);

    const needs = { decide: 'success', collect: 'success', deploy: 'failure', record: 'failure' } as const;
    const { outputs } = await feedback(needs, { decision: JSON.stringify(decisionOf(settings)) });

    expect(outputs['notice'] !== '').toBe(told);
  });

  it('stays small, whatever failed', async () => {
    const long = { ...cause, message: 'x'.repeat(9000), hint: 'y'.repeat(9000) };
    const names = Array.from({ length: 30 }, (_, at) => `i${at}`);
    const images = names.map((name) => ({ ...broken, name, leg: entryOf('images', name).leg, settings: {} }));
    offerEntries(
      github,
      names.map((name) => entryOf('images', name, { result: 'failure', cause: long })),
    );

    const legs = images.map(({ stage, name, leg, settings }) => ({ stage, name, leg, settings }));
    const { outputs } = await feedback(failed, { decision: JSON.stringify(decisionOf({ images: legs })) });

    expect(String(outputs['notice']).length).toBeLessThan(16_000);
    expect(JSON.parse(String(outputs['notice']))).toMatchObject({ 'more-failures': 22 });
  });
});
