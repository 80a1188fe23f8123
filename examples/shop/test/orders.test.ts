import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CartError, createOrderBook } from '../src/orders.ts';

test('an order is priced from the catalog and can be found again', () => {
  const book = createOrderBook();

  const order = book.place({
    lines: [
      { product: 'windlass', quantity: 2 },
      { product: 'paddle', quantity: 1 },
    ],
  });

  assert.equal(order.total, 2 * 3_450 + 84_900);
  assert.deepEqual(book.find(order.id), order);
});

test('the book forgets the oldest order when it is full', () => {
  const book = createOrderBook(1);
  const first = book.place({ lines: [{ product: 'windlass', quantity: 1 }] });
  const second = book.place({ lines: [{ product: 'windlass', quantity: 1 }] });

  assert.equal(book.find(first.id), undefined);
  assert.deepEqual(book.find(second.id), second);
});

const refused: readonly (readonly [string, unknown])[] = [
  ['no lines', {}],
  ['an empty cart', { lines: [] }],
  ['a line that is no object', { lines: ['windlass'] }],
  ['an unknown product', { lines: [{ product: 'anchor', quantity: 1 }] }],
  ['a broken quantity', { lines: [{ product: 'windlass', quantity: 1.5 }] }],
  ['too many', { lines: [{ product: 'windlass', quantity: 101 }] }],
];
for (const [name, cart] of refused) {
  test(`a cart is refused: ${name}`, () => {
    assert.throws(() => createOrderBook().place(cart), CartError);
  });
}
