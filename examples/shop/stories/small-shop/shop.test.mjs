import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer } from './shop.mjs';

test('the shop greets its customers', () => {
  assert.equal(answer('/')[0], 200);
});

test('a windlass has a price', () => {
  const [status, price] = answer('/prices/windlass');
  assert.equal(status, 200);
  assert.ok(Number(price) > 0);
});

test('what is not sold is not found', () => {
  assert.equal(answer('/prices/boat')[0], 404);
});
