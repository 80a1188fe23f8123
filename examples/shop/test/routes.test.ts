import assert from 'node:assert/strict';
import { test } from 'node:test';
import { products } from '../src/catalog.ts';
import { createOrderBook } from '../src/orders.ts';
import { createPackingTable } from '../src/packing.ts';
import { headline } from '../src/page.ts';
import { createRoutes } from '../src/routes.ts';
import { version } from '../src/version.ts';

function ask(method: string, path: string, body = ''): { status: number; body: string } {
  return createRoutes({
    release: { version, commit: 'abc' },
    orders: createOrderBook(),
    packing: createPackingTable(),
  })({
    method,
    path,
    body,
  });
}

test('the page shows the headline, every product and the version', () => {
  const page = ask('GET', '/').body;

  assert.ok(page.includes(headline));
  assert.ok(page.includes(version));
  for (const product of products) assert.ok(page.includes(product.name));
});

test('the version endpoint names version and commit', () => {
  assert.deepEqual(JSON.parse(ask('GET', '/version').body), { version, commit: 'abc' });
});

test('products are listed and found by id', () => {
  assert.equal(JSON.parse(ask('GET', '/api/products').body).length, products.length);
  assert.equal(JSON.parse(ask('GET', '/api/products/windlass').body).name, 'Windlass');
  assert.equal(ask('GET', '/api/products/anchor').status, 404);
});

test('an order is placed, a broken one is refused', () => {
  assert.equal(ask('POST', '/api/orders', '{"lines":[{"product":"windlass","quantity":1}]}').status, 201);
  assert.equal(ask('POST', '/api/orders', '{').status, 400);
  assert.equal(ask('POST', '/api/orders', '{}').status, 400);
});

test('a fresh instance is healthy and an unknown path is not found', () => {
  assert.equal(ask('GET', '/health').status, 200);
  assert.equal(ask('GET', '/nothing').status, 404);
});
