import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOrderBook, type Order } from '../src/orders.ts';
import { createPacker } from '../src/packer.ts';
import { createPackingTable, readVisit } from '../src/packing.ts';
import { createRoutes } from '../src/routes.ts';
import { isAlive } from '../src/worker-life.ts';

const order = (id: string): Order => ({ id, lines: [{ product: 'windlass', quantity: 1 }], total: 1 });

test('an order waits until a worker comes, and is handed over once', () => {
  const table = createPackingTable();
  table.add(order('a'));
  table.add(order('b'));

  assert.deepEqual(table.visit({ worker: '1.0.0', packed: 0 }), [order('a'), order('b')]);
  assert.deepEqual(table.visit({ worker: '1.0.0', packed: 2 }), []);
  assert.deepEqual(table.state(), { waiting: 0, workers: [{ version: '1.0.0', packed: 2 }] });
});

test('when too many wait, the oldest are forgotten; a worker carries a hundred at most', () => {
  const table = createPackingTable(150);
  for (let index = 0; index < 200; index += 1) table.add(order(String(index)));

  const handed = table.visit({ worker: '1.0.0', packed: 0 });

  assert.equal(handed[0]?.id, '50');
  assert.equal(handed.length, 100);
  assert.equal(table.state().waiting, 50);
});

for (const text of ['{}', '[]', '3', '{"worker":"","packed":0}', '{"worker":"1","packed":-1}'])
  test(`${text} is no visit`, () => assert.equal(readVisit(JSON.parse(text)), null));

/** Two instances of the shop, as a packer reaches them. */
function shops() {
  const make = () => {
    const packing = createPackingTable();
    return {
      packing,
      route: createRoutes({ release: { version: '1.0.0', commit: 'c' }, orders: createOrderBook(), packing }),
    };
  };
  const all = new Map([
    ['10.0.0.1:3000', make()],
    ['10.0.0.2:3000', make()],
  ]);
  const fetch = (async (url: URL, init: RequestInit) => {
    const shop = all.get(url.host);
    if (shop === undefined) throw new Error('nobody is there');
    const { status, body } = shop.route({ method: 'POST', path: url.pathname, body: String(init.body) });
    return new Response(body, { status });
  }) as typeof globalThis.fetch;
  const instances = async () =>
    ['http://10.0.0.1:3000', 'http://10.0.0.9:3000', 'http://10.0.0.2:3000'].map((url) => new URL(url));
  return { all, packer: createPacker({ version: '1.0.1', instances, fetch }) };
}

test('a packer empties every instance, one that is gone too, and says so at its next visit', async () => {
  const { all, packer } = shops();
  for (const { route } of all.values())
    route({ method: 'POST', path: '/api/orders', body: '{"lines":[{"product":"windlass","quantity":2}]}' });

  assert.equal(await packer.round(), 2);
  assert.equal(await packer.round(), 0);

  for (const { packing } of all.values())
    assert.deepEqual(packing.state(), { waiting: 0, workers: [{ version: '1.0.1', packed: 1 }] });
});

test('a worker is alive while its last round is less than ten seconds ago', () => {
  assert.equal(isAlive(1_000, 10_999), true);
  assert.equal(isAlive(1_000, 11_000), false);
});
