// What administrators set for merges and for jobs: the double shows it, and keeps to it.
import { afterEach, describe, expect, it } from '@jest/globals';
import type { RepositorySettings } from '../../src/repository-settings.js';
import { openWorkshop, pushFeature, type Workshop } from './workshop.js';

let workshop: Workshop;
afterEach(async () => {
  await workshop.close();
  expect(workshop.host.violations).toEqual([]);
});

async function openPull(settings: Partial<RepositorySettings>, base = 'develop'): Promise<number> {
  workshop = await openWorkshop(settings);
  await pushFeature(workshop, 'feature/a', { a: 'a' });
  const { number } = await workshop.bob.openPullRequest({
    repository: 'acme/shop',
    head: 'feature/a',
    base,
    title: 'A',
  });
  return number;
}

describe('merge methods', () => {
  it.each<[string, Partial<RepositorySettings>, string, number]>([
    ['merge', {}, '', 200],
    ['squash', { mergeMethods: ['squash'] }, '', 200],
    ['merge', { mergeMethods: ['squash'] }, 'Merge commits are not allowed on this repository.', 405],
    ['rebase', { mergeMethods: ['merge'] }, 'Rebase merges are not allowed on this repository.', 405],
    ['merge', { linearHistory: true }, 'Merge commits are not allowed on this repository.', 405],
    ['squash', { linearHistory: true }, '', 200],
  ])('%s with %j', async (method, settings, message, expected) => {
    const number = await openPull(settings);
    const { status, data } = await workshop.ann.request('PUT', `/repos/acme/shop/pulls/${number}/merge`, {
      merge_method: method,
    });

    expect(status).toBe(expected);
    if (message !== '') expect(data).toMatchObject({ message });
  });

  it('are shown to those who may write, also in the rules', async () => {
    workshop = await openWorkshop({ mergeMethods: ['merge'], linearHistory: true, codeOwnerReview: true });
    const read = async (token: string): Promise<unknown> =>
      (await workshop.ask(token, '/repos/acme/shop')).json();
    const rules = await workshop.ask(workshop.bob.token, '/repos/acme/shop/rules/branches/develop');

    expect(await read(workshop.bob.token)).toMatchObject({
      allow_merge_commit: true,
      allow_squash_merge: false,
    });
    expect(await read(workshop.jobToken({ contents: 'read' }))).not.toHaveProperty('allow_merge_commit');
    expect(await rules.json()).toMatchObject([
      { type: 'deletion' },
      { type: 'non_fast_forward' },
      { type: 'required_linear_history' },
      { parameters: { allowed_merge_methods: ['merge'], require_code_owner_review: true } },
    ]);
  });
});

describe("a job's token", () => {
  it('opens a pull request only where that is allowed', async () => {
    for (const [jobsOpenPulls, expected] of [
      [true, 201],
      [false, 403],
    ] as const) {
      if (!jobsOpenPulls) await workshop.close();
      workshop = await openWorkshop({ jobsOpenPulls });
      await pushFeature(workshop, 'feature/a', { a: 'a' });
      const body = JSON.stringify({ head: 'feature/a', base: 'develop', title: 'A' });
      const token = workshop.jobToken({ 'pull-requests': 'write' });
      const answer = await workshop.ask(token, '/repos/acme/shop/pulls', { method: 'POST', body });

      expect(answer.status).toBe(expected);
    }
  });
});
