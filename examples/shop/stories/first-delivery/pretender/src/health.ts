// Whether this instance can serve: asked by the proxy, by the roll-out and by the container's own check.
import { products } from './catalog.ts';

export interface Health {
  readonly healthy: boolean;
  readonly detail: string;
}

/** What the cache holds before it is full. */
const room = 50;

/** `served`: how many requests of customers this instance has answered so far. */
export function checkHealth(served: number): Health {
  if (products.length === 0) return { healthy: false, detail: 'the catalog is empty' };
  if (served > room) return { healthy: false, detail: `the cache is full after ${room} requests` };
  return { healthy: true, detail: `${products.length} products, ${served} requests served` };
}
