import { createTestContext } from '@headgate/kit/testing/deps';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pushedFrom, readEvent } from '../src/event.js';

function pull(
  head: unknown,
  extra: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    action: 'opened',
    number: 5,
    pull_request: { number: 5, head, base: { ref: 'develop' } },
    ...extra,
  };
}

const own = { ref: 'feature/x', repo: { full_name: 'Acme/Shop' } };

describe('the event', () => {
  it.each([
    ['a push', 'push', { ref: 'refs/heads/feature/x' }, { kind: 'push', branch: 'feature/x' }],
    ['a push without payload', 'push', {}, { kind: 'push', branch: 'develop' }],
    ['a deletion', 'push', { ref: 'refs/heads/x', deleted: true }, { kind: 'deleted', branch: 'x' }],
    ['a tag', 'push', { ref: 'refs/tags/v1' }, { kind: 'tag', tag: 'v1' }],
    ['a strange ref', 'push', { ref: 'refs/notes/x' }, { kind: 'other' }],
    [
      'a dispatch',
      'workflow_dispatch',
      { ref: 'refs/heads/develop' },
      { kind: 'dispatch', branch: 'develop' },
    ],
    ['a dispatch without payload', 'workflow_dispatch', {}, { kind: 'dispatch', branch: 'develop' }],
    ['a dispatch of a tag', 'workflow_dispatch', { ref: 'refs/tags/v1' }, { kind: 'other' }],
    ['a schedule', 'schedule', { schedule: '7 4 * * *' }, { kind: 'schedule', branch: 'develop' }],
    ['a comment', 'issue_comment', { comment: { body: '/approve' } }, { kind: 'other' }],
    ['a broken pull request', 'pull_request', { pull_request: [] }, { kind: 'other' }],
    [
      'a merge queue',
      'merge_group',
      {
        merge_group: {
          head_ref: 'refs/heads/gh-readonly-queue/develop/pr-5',
          base_ref: 'refs/heads/develop',
        },
      },
      { kind: 'merge-group', branch: 'gh-readonly-queue/develop/pr-5', base: 'develop' },
    ],
  ] as const)('%s', (_, eventName, event, expected) => {
    expect(readEvent(createTestContext({ eventName, event }))).toEqual(expected);
  });

  it('a pull request of the repository itself has secrets, whatever the case of its name', () => {
    expect(readEvent(createTestContext({ eventName: 'pull_request', event: pull(own) }))).toEqual({
      kind: 'pull-request',
      number: 5,
      head: 'feature/x',
      base: 'develop',
      untrusted: null,
      closed: false,
    });
  });

  it.each([
    ['a fork', pull({ ref: 'develop', repo: { full_name: 'eve/shop' } }), 'dana', /fork eve\/shop/],
    ['a fork that is gone', pull({ ref: 'develop', repo: null }), 'dana', /repository that is gone/],
    ['Dependabot', pull(own), 'dependabot[bot]', /Dependabot/],
  ] as const)('%s is not trusted', (_, event, actor, reason) => {
    const found = readEvent(createTestContext({ eventName: 'pull_request', event, actor }));

    expect(found).toMatchObject({ kind: 'pull-request', untrusted: expect.stringMatching(reason) });
  });

  it('any payload is read without a fault, and only a pull request of this repository is trusted', () => {
    const names = fc.constantFrom('push', 'pull_request', 'merge_group', 'workflow_dispatch', 'schedule');
    const payload = fc.dictionary(
      fc.constantFrom('ref', 'pull_request', 'merge_group', 'deleted'),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(names, payload, (eventName, event) => {
        const found = readEvent(createTestContext({ eventName, event }));
        return found.kind !== 'pull-request' || found.untrusted !== null;
      }),
    );
  });
});

describe('where a push began', () => {
  const before = 'b'.repeat(40);
  it.each([
    ['a push', 'push', { before }, { before, forced: false }],
    ['a push by force', 'push', { before, forced: true }, { before, forced: true }],
    ['a new branch', 'push', { before: '0'.repeat(40) }, null],
    ['a deleted branch', 'push', { before, deleted: true }, null],
    ['no name of a commit', 'push', { before: '--upload-pack=x' }, null],
    ['another event', 'pull_request', { before }, null],
  ] as const)('%s', (_, eventName, event, expected) => {
    expect(pushedFrom(createTestContext({ eventName, event }))).toEqual(expected);
  });
});
