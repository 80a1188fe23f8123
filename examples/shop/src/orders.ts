// Carts become orders: validated, priced from the catalog, kept in memory.
import { randomUUID } from 'node:crypto';
import { findProduct } from './catalog.ts';

export interface OrderLine {
  readonly product: string;
  readonly quantity: number;
}

export interface Order {
  readonly id: string;
  readonly lines: readonly OrderLine[];
  /** Euro cents. */
  readonly total: number;
}

/** A cart that cannot be ordered; the message is for the customer. */
export class CartError extends Error {}

export interface OrderBook {
  /** Prices and keeps an order; throws CartError. */
  place(cart: unknown): Order;
  find(id: string): Order | undefined;
}

/** Keeps the newest `capacity` orders; older ones are forgotten. */
export function createOrderBook(capacity = 1000): OrderBook {
  const orders = new Map<string, Order>();
  return {
    place(cart) {
      const lines = readCart(cart);
      const order = { id: randomUUID(), lines, total: totalOf(lines) };
      orders.set(order.id, order);
      const oldest = orders.keys().next();
      if (orders.size > capacity && oldest.done !== true) orders.delete(oldest.value);
      return order;
    },
    find: (id) => orders.get(id),
  };
}

function readCart(cart: unknown): readonly OrderLine[] {
  const lines: unknown =
    typeof cart === 'object' && cart !== null && 'lines' in cart ? cart.lines : undefined;
  if (!Array.isArray(lines) || lines.length === 0)
    throw new CartError('a cart has a list "lines" with at least one line');
  return lines.map(readLine);
}

function readLine(line: unknown): OrderLine {
  if (typeof line !== 'object' || line === null)
    throw new CartError('a line is {"product": …, "quantity": …}');
  const { product, quantity } = line as { product?: unknown; quantity?: unknown };
  if (typeof product !== 'string' || findProduct(product) === undefined)
    throw new CartError('a line names a product that is sold here');
  if (typeof quantity !== 'number' || !Number.isInteger(quantity) || quantity < 1 || quantity > 100) {
    throw new CartError('a quantity is a whole number from 1 to 100');
  }
  return { product, quantity };
}

function totalOf(lines: readonly OrderLine[]): number {
  return lines.reduce((sum, line) => sum + line.quantity * (findProduct(line.product)?.price ?? 0), 0);
}
