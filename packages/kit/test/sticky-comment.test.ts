// A comment that is written once and then kept up to date.
import { beforeEach, describe, expect, it } from '@jest/globals';
import { upsertStickyComment } from '../src/sticky-comment.js';
import { createTestGitHub, type TestGitHub } from '../src/testing/github.js';

const list = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';
const create = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
const update = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}';
const own = '<!-- headgate-forecast -->\nall clear';

let github: TestGitHub;

beforeEach(() => {
  github = createTestGitHub();
  github.on(create, {});
  github.on(update, {});
});

function written(): readonly unknown[] {
  return github.calls.filter(({ route }) => route !== list);
}

function upsert(body: string): Promise<string> {
  return upsertStickyComment(github, { issue: 7, name: 'forecast', body });
}

describe('upsertStickyComment', () => {
  it.each([
    ['there is none yet', []],
    ['a person wrote the same', [{ id: 1, body: own, user: { type: 'User' } }]],
    ['a bot wrote another one', [{ id: 1, body: '<!-- headgate-plan -->', user: { type: 'Bot' } }]],
    ['one was left without author and text', [{ id: 1, user: null }]],
  ])('%s: it is created', async (_name, comments) => {
    github.on(list, comments);

    expect(await upsert('all clear')).toBe('created');
    expect(written()).toEqual([{ route: create, parameters: { issue_number: 7, body: own } }]);
  });

  it('ours says something else: it is rewritten', async () => {
    github.on(list, [{ id: 3, body: own, user: { type: 'Bot' } }]);

    expect(await upsert('clouds')).toBe('updated');
    const body = '<!-- headgate-forecast -->\nclouds';
    expect(written()).toEqual([{ route: update, parameters: { comment_id: 3, body } }]);
  });

  it('ours says the same: nobody is told twice', async () => {
    github.on(list, [{ id: 3, body: own, user: { type: 'Bot' } }]);

    expect(await upsert('all clear')).toBe('unchanged');
    expect(written()).toEqual([]);
  });

  it('a text that is too long is cut at the limit', async () => {
    github.on(list, []);

    await upsert('x'.repeat(70_000));

    expect(github.calls.at(-1)?.parameters['body']).toHaveLength(65_536);
  });
});
