import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Caller } from '../../src/github/callers.js';
import { createLimits } from '../../src/github/rate-limit.js';
import { pageOf } from '../../src/github/reply.js';
import { openWorkshop, type Workshop } from './workshop.js';

let workshop: Workshop;

beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(async () => {
  await workshop.close();
  expect(workshop.host.violations).toEqual([]);
});

const remaining = (response: Response): number => Number(response.headers.get('x-ratelimit-remaining'));

describe('conditional requests', () => {
  it('cost nothing while nothing changes, and answer anew once it did', async () => {
    const { number } = await workshop.bob.openIssue({ repository: 'acme/shop', title: 'Approval' });
    const token = workshop.jobToken({ issues: 'read' });
    const path = `/repos/acme/shop/issues/${number}/comments`;
    const first = await workshop.ask(token, path);
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' };

    const second = await workshop.ask(token, path, { headers });
    await workshop.bob.comment({ repository: 'acme/shop', number, body: '/approve' });
    const third = await workshop.ask(token, path, { headers });

    expect([second.status, await second.text(), remaining(second)]).toEqual([304, '', remaining(first)]);
    expect(third.status).toBe(200);
    expect(await third.json()).toHaveLength(1);
    expect(remaining(third)).toBe(remaining(first) - 1);
    const asked = workshop.host.requests.filter(({ login }) => login === 'github-actions[bot]');
    expect(asked.map(({ status, charged }) => [status, charged])).toEqual([
      [200, true],
      [304, false],
      [200, true],
    ]);
  });
});

describe('the allowance', () => {
  const caller = (login: string, jobToken: boolean): Caller => ({
    login,
    jobToken,
    level: () => 'read',
    bypasses: () => false,
  });
  const path = '/repos/acme/shop/issues';

  it('is one thousand an hour for all jobs of a repository together, and starts anew', () => {
    const limits = createLimits(workshop.clock);
    const jobs = [caller('github-actions[bot]', true), caller('github-actions[bot]', true)] as const;
    for (let index = 0; index < 500; index += 1) for (const job of jobs) limits.count(job, path, true);

    expect(limits.count(jobs[0], path, false)).toMatchObject({ limit: 1000, used: 1000 });
    expect(() => limits.refuse(jobs[1], path)).toThrow('API rate limit exceeded');
    expect(() => limits.refuse(jobs[1], '/repos/acme/other/issues')).not.toThrow();
    expect(() => limits.refuse(jobs[1], '/rate_limit')).not.toThrow();
    workshop.clock.advance(3_600_001);
    expect(() => limits.refuse(jobs[1], path)).not.toThrow();
  });

  it.each([
    ['a person', 5000, caller('ann', false)],
    ['nobody', 60, caller('', false)],
  ])('of %s is %d', (_name, limit, who) => {
    expect(createLimits(workshop.clock).count(who, path, true)).toMatchObject({ limit, used: 1 });
  });

  it('is told with every answer', async () => {
    const response = await workshop.ask(workshop.jobToken({}), '/repos/acme/shop');

    expect(response.headers.get('x-ratelimit-limit')).toBe('1000');
    expect(remaining(response)).toBe(999);
    expect(response.headers.get('x-github-request-id')).toMatch(/^[0-9a-f]{16}$/u);
  });
});

describe('pages', () => {
  it('link to the next and the last one, and stop', async () => {
    const clone = await workshop.clone(workshop.bob);
    const names = Array.from({ length: 7 }, (_none, index) => `HEAD:refs/heads/feature/${index}`);
    await clone.git('push', '-q', 'origin', ...names);
    const seen: string[] = [];
    let next: string | undefined = `${workshop.host.apiUrl}/repos/acme/shop/branches?per_page=4`;
    const headers = { authorization: `Bearer ${workshop.bob.token}` };

    while (next !== undefined) {
      const response: Response = await fetch(next, { headers });
      for (const { name } of (await response.json()) as { name: string }[]) seen.push(name);
      next = /<([^>]+)>; rel="next"/u.exec(response.headers.get('link') ?? '')?.[1];
    }

    expect(seen).toHaveLength(9);
    expect(new Set(seen).size).toBe(9);
  });

  it.each([
    ['', 30, 'next last'],
    ['?per_page=100', 45, ''],
    ['?per_page=1000', 45, ''],
    ['?per_page=20&page=2', 20, 'prev next last first'],
    ['?per_page=20&page=3', 5, 'prev first'],
    ['?page=9', 0, 'prev first'],
  ])('%s of 45 has %d, links %s', (query, count, rels) => {
    const { items, link } = pageOf(Array.from({ length: 45 }), new URL(`http://127.0.0.1/x${query}`));

    expect(items).toHaveLength(count);
    expect([...(link ?? '').matchAll(/rel="(\w+)"/gu)].map(([, rel]) => rel).join(' ')).toBe(rels);
  });
});
