import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
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
  });
});

describe('the allowance', () => {
  it('is one thousand an hour for all jobs of a repository together, and starts anew', async () => {
    const path = '/repos/acme/shop/rules/branches/develop';
    const tokens = [workshop.jobToken({}), workshop.jobToken({})];
    const ask = async (index: number): Promise<Response> => workshop.ask(tokens[index % 2] ?? '', path);
    const first = await ask(0);
    for (let index = 1; index < 1000; index += 1) await (await ask(index)).arrayBuffer();

    const over = await ask(0);
    workshop.clock.advance(3_600_001);
    const later = await ask(1);

    expect([first.headers.get('x-ratelimit-limit'), remaining(first)]).toEqual(['1000', 999]);
    expect([over.status, remaining(over), over.headers.get('retry-after')]).toEqual([403, 0, '3600']);
    expect(later.status).toBe(200);
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
