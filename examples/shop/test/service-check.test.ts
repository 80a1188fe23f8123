import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createOrderBook } from '../src/orders.ts';
import { createPackingTable } from '../src/packing.ts';
import { type Answer, createRoutes, type Question } from '../src/routes.ts';
import { createShopServer } from '../src/server.ts';
import { checkService } from '../src/service-check.ts';

const release = { version: '9.9.9', commit: 'c0ffee' };
const shop = (): ((question: Question) => Answer) =>
  createRoutes({ release, orders: createOrderBook(), packing: createPackingTable() });

/** Names of the checks that found something, asked of a service with these routes. */
async function problemsOf(
  route: (question: Question) => Answer,
  expected = release,
): Promise<readonly string[]> {
  const service = createShopServer(route);
  service.server.listen(0, '127.0.0.1');
  await once(service.server, 'listening');
  const { port } = service.server.address() as AddressInfo;
  const results = await checkService(`http://127.0.0.1:${port}`, expected, AbortSignal.timeout(5_000));
  await service.close(100);
  return results.filter(({ problem }) => problem !== null).map(({ name }) => name);
}

test('a shop that works passes every check', async () => {
  assert.deepEqual(await problemsOf(shop()), []);
});

test('another commit than the one of this test is found', async () => {
  const problems = await problemsOf(shop(), { ...release, commit: 'decaf' });
  assert.deepEqual(problems, ['it is 9.9.9, commit decaf']);
});

test('a shop that miscounts is found', async () => {
  const good = shop();
  const miscounts = (question: Question): Answer => {
    const answer = good(question);
    return { ...answer, body: answer.body.replace(/"total":\d+/, '"total":1') };
  };
  assert.deepEqual(await problemsOf(miscounts), ['an order is priced']);
});

test('a service that answers no JSON fails the checks that read it, and no other', async () => {
  const page = { status: 200, type: 'text/html; charset=utf-8', body: '<title>Shop</title>' } as const;
  const problems = await problemsOf(() => page);
  assert.equal(problems.includes('people see the page'), false);
  assert.equal(problems.length, 4);
});

test('a service that is not there fails every check, and the cause is said', async () => {
  const gone = createShopServer(shop());
  gone.server.listen(0, '127.0.0.1');
  await once(gone.server, 'listening');
  const { port } = gone.server.address() as AddressInfo;
  await gone.close(100);

  const results = await checkService(`http://127.0.0.1:${port}`, release, AbortSignal.timeout(5_000));

  assert.ok(results.length > 0);
  assert.ok(results.every(({ problem }) => problem?.includes('ECONNREFUSED') === true));
});
