// Which request gets which answer; knows nothing of sockets.
import { findProduct, products } from './catalog.ts';
import { checkHealth } from './health.ts';
import { CartError, type OrderBook } from './orders.ts';
import { type PackingTable, readVisit } from './packing.ts';
import { renderPage } from './page.ts';
import type { Release } from './version.ts';

export interface Question {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly type: 'application/json' | 'text/html; charset=utf-8';
  readonly body: string;
}

export interface Shop {
  readonly release: Release;
  readonly orders: OrderBook;
  readonly packing: PackingTable;
}

/** Answers everything a customer or a proxy can ask. Unknown paths are 404, wrong carts 400. */
export function createRoutes(shop: Shop): (question: Question) => Answer {
  let served = 0;
  return (question) => {
    if (question.path === '/health') {
      const health = checkHealth(served);
      return json(health.healthy ? 200 : 503, health);
    }
    // Workers are no customers.
    if (question.path !== '/api/packing') served += 1;
    return answer(shop, question);
  };
}

function answer(shop: Shop, { method, path, body }: Question): Answer {
  const [, api, kind, id] = path.split('/');
  if (method === 'GET' && path === '/') {
    return { status: 200, type: 'text/html; charset=utf-8', body: renderPage(shop.release) };
  }
  if (method === 'GET' && path === '/version') return json(200, shop.release);
  if (method === 'GET' && path === '/api/products') return json(200, products);
  if (method === 'GET' && api === 'api' && kind === 'products' && id !== undefined)
    return found(findProduct(id));
  if (method === 'GET' && api === 'api' && kind === 'orders' && id !== undefined)
    return found(shop.orders.find(id));
  if (method === 'POST' && path === '/api/orders') return placeOrder(shop, body);
  if (method === 'GET' && path === '/api/packing') return json(200, shop.packing.state());
  if (method === 'POST' && path === '/api/packing') return hand(shop, body);
  return json(404, { error: 'there is nothing here' });
}

function placeOrder(shop: Shop, body: string): Answer {
  try {
    const order = shop.orders.place(JSON.parse(body));
    shop.packing.add(order);
    return json(201, order);
  } catch (error) {
    if (error instanceof CartError) return json(400, { error: error.message });
    if (error instanceof SyntaxError) return json(400, { error: 'a cart is a JSON document' });
    throw error;
  }
}

/** A worker has come. */
function hand(shop: Shop, body: string): Answer {
  const visit = readVisit(parsed(body));
  if (visit === null) return json(400, { error: 'a worker says {"worker": VERSION, "packed": NUMBER}' });
  return json(200, { orders: shop.packing.visit(visit) });
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

function found(thing: unknown): Answer {
  return thing === undefined ? json(404, { error: 'there is nothing of this name' }) : json(200, thing);
}

function json(status: number, value: unknown): Answer {
  return { status, type: 'application/json', body: `${JSON.stringify(value)}\n` };
}
