// What is expected on pull requests.
import { describe, expect, it } from '@jest/globals';
import type { Wanted } from '../../src/story/expectation-schema.js';
import { judgeComment, judgePullRequest } from '../../src/story/pull-request-expectations.js';
import type { PullRequestText } from '../../src/story/reading.js';
import { quietWorld } from './worlds.js';

const pull: PullRequestText = {
  number: 7,
  open: true,
  branch: 'back-merge/v1.0.0',
  into: 'develop',
  by: 'github-actions[bot]',
  title: 'Merge v1.0.0 back into develop',
  text: 'catalog.json, last changed by mona',
};

const people = (pulls: readonly PullRequestText[]) => ({
  people: {
    ...quietWorld().people,
    pullRequests: async () => pulls,
    workflowComments: async (number: number) => (number === 7 ? ['a forecast', 'a plan', 'a plan'] : []),
  },
});

describe('an open pull request', () => {
  it.each<[Partial<Wanted<'pull-request'>>, string | null]>([
    [{}, null],
    [{ into: 'develop', by: 'github-actions[bot]', contains: ['v1.0.0 back', 'mona'] }, null],
    [{ into: 'master' }, 'into master was expected; open: back-merge/v1.0.0 into develop'],
    [{ by: 'ada' }, 'expected to be by ada, it is by github-actions[bot]'],
    [{ contains: ['mona', 'lisa'] }, 'expected to contain "lisa"; it says'],
    [{ branch: 'other' }, 'from other was expected'],
  ])('%j', async (change, problem) => {
    const wanted = { branch: 'back-merge/v1.0.0', contains: [], ...change };

    const verdict = await judgePullRequest(wanted, people([pull]));

    if (problem === null) expect(verdict).toBeNull();
    else expect(verdict).toContain(problem);
  });

  it('is not one that was closed', async () => {
    const wanted = { branch: pull.branch, contains: [] };

    expect(await judgePullRequest(wanted, people([{ ...pull, open: false }]))).toContain('open: none');
  });
});

describe('a comment of the workflow', () => {
  it.each<[Partial<Wanted<'comment'>>, string | null]>([
    [{ contains: 'plan' }, null],
    [{ contains: 'plan', times: 2 }, null],
    [{ contains: 'plan', times: 1 }, 'was expected exactly once on the pull request from back-merge/v1.0.0'],
    [{ contains: 'approve' }, 'found "a forecast" | "a plan"'],
    [{ 'pull-request': 'other' }, 'a pull request from other was expected, there is none'],
  ])('%j', async (change, problem) => {
    const wanted = { 'pull-request': pull.branch, contains: 'plan', ...change };

    const verdict = await judgeComment(wanted, people([pull]));

    if (problem === null) expect(verdict).toBeNull();
    else expect(verdict).toContain(problem);
  });

  it('is looked for on the newest pull request of the branch', async () => {
    const wanted = { 'pull-request': pull.branch, contains: 'plan' };

    expect(await judgeComment(wanted, people([{ ...pull, number: 8 }, pull]))).toContain('found none');
  });
});
