// What is expected around a release, where it runs, and of mail.
import { describe, expect, it } from '@jest/globals';
import type { RunningContainer } from '../../src/parts/docker.js';
import type { Mail } from '../../src/parts/mail.js';
import type { Wanted } from '../../src/story/expectation-schema.js';
import type { Release } from '../../src/story/reading.js';
import {
  judgeAncestor,
  judgeMail,
  judgeNotAncestor,
  judgeNotTagged,
  judgeRelease,
  judgeReply,
  judgeTag,
} from '../../src/story/release-expectations.js';
import { judgeSameDigest } from '../../src/story/service-expectations.js';
import { quietWorld } from './worlds.js';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

describe('mail', () => {
  const mail: Mail = { to: ['team@example.com'], subject: 'Approval wanted', text: 'See /pull/7' };

  it.each<[Wanted<'mail'>, string | null]>([
    [{ to: 'team@example.com' }, null],
    [{ to: 'team@example.com', subject: 'wanted', text: '/pull/7' }, null],
    [
      { to: 'ops@example.com' },
      'a mail to ops@example.com was expected; found to team@example.com: "Approval wanted"',
    ],
    [{ to: 'team@example.com', subject: 'Released' }, 'with the subject "Released" was expected'],
    [{ to: 'team@example.com', text: '/pull/8' }, 'with the text "/pull/8" was expected'],
    [{ to: 'team@example.com', times: 1 }, null],
    [{ to: 'team@example.com', times: 0 }, 'was expected exactly 0 times; found to team@example.com'],
    [{ to: 'team@example.com', times: 2 }, 'was expected exactly 2 times'],
  ])('%j', (wanted, problem) => {
    const verdict = judgeMail(wanted, { mails: () => [mail] });

    if (problem === null) expect(verdict).toBeNull();
    else expect(verdict).toContain(problem);
  });

  it('must be one mail with all of it', () => {
    const mails = (): readonly Mail[] => [mail, { ...mail, subject: 'Released', text: '' }];

    expect(
      judgeMail({ to: 'team@example.com', subject: 'Released', text: '/pull/7' }, { mails }),
    ).not.toBeNull();
    expect(judgeMail({ to: 'team@example.com' }, { mails: () => [] })).toContain('found none');
  });
});

describe('a tag', () => {
  const at = (tag: { commit: string; annotated: boolean } | null, branch = 'one') => ({
    references: {
      ...quietWorld().references,
      find: async (kind: 'branch' | 'tag') =>
        kind === 'tag' ? tag : branch === '' ? null : { commit: branch, annotated: false },
    },
  });

  it.each<[ReturnType<typeof at>, string | null]>([
    [at({ commit: 'one', annotated: true }), null],
    [at({ commit: 'one', annotated: false }), 'expected to be annotated'],
    [at({ commit: 'two', annotated: true }), 'expected on master (one), it is on two'],
    [at(null), 'there is no such tag'],
    [at({ commit: 'one', annotated: true }, ''), 'there is no such branch'],
  ])('%#', async (world, problem) => {
    const verdict = await judgeTag({ name: 'v1.0.0', on: 'master' }, world);

    if (problem === null) expect(verdict).toBeNull();
    else expect(verdict).toContain(problem);
  });
});

it('a tag that must not be is looked for', async () => {
  const find = async (_: 'branch' | 'tag', name: string) =>
    name === 'v1.0.0' ? { commit: 'one', annotated: true } : null;
  const references = { ...quietWorld().references, find };

  expect(await judgeNotTagged({ name: 'v1.0.1' }, { references })).toBeNull();
  expect(await judgeNotTagged({ name: 'v1.0.0' }, { references })).toBe(
    'no tag v1.0.0 was expected, it is on one',
  );
});

describe('a release', () => {
  const release: Release = { tag: 'v1.0.0', draft: false, assets: ['headgate-record.json'] };

  it.each<[Partial<Wanted<'release'>>, string | null]>([
    [{}, null],
    [{ asset: '*record*.json' }, null],
    [{ draft: true }, 'expected as a draft, it is published'],
    [{ asset: 'notes.txt' }, 'with the asset notes.txt; found headgate-record.json'],
    [{ tag: 'v1.0.1' }, 'a release of v1.0.1 was expected; found v1.0.0'],
  ])('%j', async (change, problem) => {
    const people = { ...quietWorld().people, releases: async () => [release] };

    const verdict = await judgeRelease({ tag: 'v1.0.0', draft: false, ...change }, { people });

    if (problem === null) expect(verdict).toBeNull();
    else expect(verdict).toContain(problem);
  });
});

it('a reply is looked for among what was written', async () => {
  const people = { ...quietWorld().people, replies: async () => ['mona may not approve: author'] };

  expect(await judgeReply({ contains: 'author' }, { people })).toBeNull();
  expect(await judgeReply({ contains: 'edited' }, { people })).toContain(
    'found "mona may not approve: author"',
  );
});

it('an ancestor is what the branch contains', async () => {
  const references = {
    ...quietWorld().references,
    isAncestor: async (branch: string) => branch === 'master',
  };

  expect(await judgeAncestor({ branch: 'master', of: 'develop' }, { references })).toBeNull();
  expect(await judgeAncestor({ branch: 'develop', of: 'master' }, { references })).toContain('it is not');
  expect(await judgeNotAncestor({ branch: 'develop', of: 'master' }, { references })).toBeNull();
  expect(await judgeNotAncestor({ branch: 'master', of: 'develop' }, { references })).toContain(
    'develop contains all of it',
  );
});

describe('one digest in several environments', () => {
  const container = (environment: string, letter: string): RunningContainer => ({
    id: environment,
    name: environment,
    service: 'web',
    image: `127.0.0.1:5000/octo/shop@${digest(letter)}`,
    environment,
    digests: [],
  });

  it.each<[string, readonly RunningContainer[], string | null]>([
    [
      'the same',
      [container('staging', 'a'), container('production', 'a'), container('production', 'a')],
      null,
    ],
    [
      'another one elsewhere',
      [container('staging', 'a'), container('production', 'a'), container('test', 'b')],
      null,
    ],
    [
      'different ones',
      [container('staging', 'a'), container('production', 'b')],
      `staging: ${digest('a')}; production: ${digest('b')}`,
    ],
    [
      'two in one of them',
      [container('staging', 'a'), container('production', 'a'), container('production', 'b')],
      'found',
    ],
    ['nothing in one of them', [container('staging', 'a')], 'production: nothing'],
    ['nothing anywhere', [], 'nothing runs there'],
  ])('%s', async (_, containers, problem) => {
    const verdict = await judgeSameDigest(
      ['staging', 'production'],
      quietWorld({ running: async () => containers }),
    );

    if (problem === null) expect(verdict).toBeNull();
    else expect(verdict).toContain(problem);
  });
});
