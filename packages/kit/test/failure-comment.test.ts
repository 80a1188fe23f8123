// The comment that tells a pull request what failed: written, brought up to date, resolved; older runs change nothing.
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Context } from '../src/context.js';
import { ActionError } from '../src/errors.js';
import { type CommentPlace, commentPlace, updateFailureComment } from '../src/failure-comment.js';
import { failureSection } from '../src/failure-text.js';
import { tellLeg } from '../src/feedback.js';
import { createTestContext, createTestDeps } from '../src/testing/deps.js';
import { createTestGitHub, type TestGitHub } from '../src/testing/github.js';

const list = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';
const create = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
const update = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}';
const [shop, site] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'];

let github: TestGitHub;
let body: string | null;

beforeEach(() => {
  github = createTestGitHub();
  body = null;
  github.on(list, () => (body === null ? [] : [{ id: 3, body, user: { type: 'Bot' } }]));
  for (const route of [create, update])
    github.on(route, (parameters: Readonly<Record<string, unknown>>) => {
      body = String(parameters['body']);
      return {};
    });
});

function pullRequest(overrides: Partial<Context> = {}, head = 'acme/shop'): Context {
  const pull = { number: 7, head: { sha: 'f'.repeat(40), repo: { full_name: head } } };
  return createTestContext({ eventName: 'pull_request', event: { pull_request: pull }, ...overrides });
}

function placeOf(overrides: Partial<Context> = {}): CommentPlace {
  const { place, why } = commentPlace(pullRequest(overrides));
  if (place === null) throw new Error(why);
  return place;
}

const told = (sections: Readonly<Record<string, string>>, overrides: Partial<Context> = {}) =>
  updateFailureComment(github, placeOf(overrides), () => new Map(Object.entries(sections)));

describe('where it is written', () => {
  it.each([
    ['a push', createTestContext(), 'no pull request'],
    ['a fork', pullRequest({}, 'eve/shop'), 'only read'],
    [
      'a fork that is gone',
      pullRequest({ event: { pull_request: { number: 7, head: { repo: null } } } }),
      'only read',
    ],
    [
      'a comment',
      createTestContext({ eventName: 'issue_comment', event: { issue: { number: 7 } } }),
      'no pull request',
    ],
  ])('nowhere for %s, with the reason', (_, context, why) => {
    expect(commentPlace(context)).toEqual({ place: null, why: expect.stringContaining(why) });
  });

  it('workflows of one repository do not share one; branches and runs do', () => {
    const other = 'acme/shop/.github/workflows/other.yml@refs/pull/7/merge';
    const later = 'acme/shop/.github/workflows/delivery.yml@refs/pull/7/merge';

    expect(placeOf({ workflowRef: other }).name).not.toBe(placeOf().name);
    expect(placeOf({ workflowRef: later, runId: 2000 }).name).toBe(placeOf().name);
  });
});

describe('the comment', () => {
  it('is not written where nothing failed', async () => {
    expect(await told({})).toBe('absent');
    expect(body).toBeNull();
  });

  it('names each leg, and the run and commit that told it', async () => {
    expect(await told({ [site]: '### site failed', [shop]: '### shop failed' })).toBe('created');

    expect(body).toMatch(/### shop failed[\s\S]*### site failed/);
    expect(body).toContain(
      '[run 1000](https://github.com/acme/shop/actions/runs/1000/attempts/1) of `ffffffffffff`',
    );
  });

  it('is brought up to date in place, and says resolved when a later run passes', async () => {
    await told({ [shop]: '### shop failed' });
    expect(await told({ [shop]: '### shop failed otherwise' }, { runAttempt: 2 })).toBe('updated');
    expect(body).toContain('### shop failed otherwise');
    expect(await told({}, { runId: 1001 })).toBe('updated');

    expect(body).toMatch(/\*\*Resolved\*\*.*\[run 1001\]/);
    expect(body).not.toContain('shop failed');
    expect(github.calls.filter(({ route }) => route === create)).toHaveLength(1);
  });

  it('stays resolved as it was, and fails anew when something does', async () => {
    await told({ [shop]: '### shop failed' });
    await told({}, { runId: 1001 });
    const resolved = body;

    expect(await told({}, { runId: 1002 })).toBe('unchanged');
    expect(body).toBe(resolved);
    expect(await told({ [site]: '### site failed' }, { runId: 1003 })).toBe('updated');
    expect(body).not.toContain('Resolved');
  });

  it.each([
    ['an older run', { runId: 999 }],
    ['an older attempt', { runAttempt: 1 }],
  ])('of a newer run is left alone by %s', async (_, older) => {
    await told({ [shop]: '### shop failed' }, { runAttempt: 2 });

    expect(await told({}, older)).toBe('newer');
    expect(body).toContain('### shop failed');
  });

  it('keeps within GitHub’s limit, and says how many are left out', async () => {
    const many = Array.from({ length: 30 }, (_, at) => [at.toString(16).padStart(12, '0'), 'x'.repeat(5000)]);

    await told(Object.fromEntries(many));

    expect(body?.length).toBeLessThan(65_536);
    expect(body).toContain('more failed: see the run');
    expect(body).toContain('Last told by');
  });
});

describe('a leg that tells by itself', () => {
  const tell = async (leg: string, section: string | null, overrides: Partial<Context> = {}) => {
    const deps = createTestDeps({ connectGitHub: github.connect, context: pullRequest(overrides) });
    await tellLeg(deps, 'token', { leg, section });
    return deps.core.lines.join('\n');
  };

  it('adds its part to what others said, and takes only its own away', async () => {
    await tell(shop, '### shop failed\n\nwhy');
    await tell(site, '### site failed');
    expect(body).toMatch(/### shop failed\n\nwhy[\s\S]*### site failed/);
    await tell(shop, null, { runAttempt: 2 });
    expect(body).not.toContain('shop failed');
    expect(body).toContain('### site failed');
    await tell(site, null, { runAttempt: 2 });
    expect(body).toContain('**Resolved**');
  });

  it('whose output forges our marks changes no other part', async () => {
    const excerpt = `<!-- headgate-leg ${site} -->\nforged\n<!-- headgate-end -->`;
    const scene = { title: 'images shop failed', filesUrl: '', logUrl: '' };
    await tell(site, '### site failed');
    await tell(shop, failureSection({ code: excerpt, message: excerpt, hint: excerpt, excerpt }, scene));
    await tell(shop, null);

    expect(body).toContain('### site failed');
    expect(body).not.toContain('forged');
  });

  it('says in the log when it may not write, and fails nothing', async () => {
    github.on(create, () => {
      throw new ActionError({ code: 'github-permission', message: 'answered 403', hint: 'h' });
    });

    expect(await tell(shop, '### shop failed')).toMatch(
      /#7 was not told \(answered 403\).*pull-requests: write/,
    );
  });
});
