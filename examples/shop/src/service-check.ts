// What a running shop must do, asked as a customer would: over its network, with no knowledge of its inside.
import { products } from './catalog.ts';
import type { Release } from './version.ts';

export interface CheckResult {
  readonly name: string;
  /** What was expected and found instead; null when it is good. */
  readonly problem: string | null;
}

interface Check {
  readonly name: string;
  readonly path: string;
  readonly cart?: unknown;
  readonly status: number;
  /** Throws or returns false when the body is not what it should be. */
  readonly fits: (body: string) => boolean;
}

/** Asks every question once; a service that cannot be reached fails each of them. */
export async function checkService(
  url: string,
  release: Release,
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  return Promise.all(checksOf(release).map((check) => ask(check, url, signal)));
}

function checksOf(release: Release): readonly Check[] {
  const [first] = products;
  const cart = { lines: [{ product: first?.id, quantity: 2 }] };
  const total = 2 * (first?.price ?? 0);
  return [
    { name: 'it is healthy', path: '/health', status: 200, fits: (body) => field(body, 'healthy') === true },
    {
      name: `it is ${release.version}, commit ${release.commit}`,
      path: '/version',
      status: 200,
      fits: (body) => field(body, 'version') === release.version && field(body, 'commit') === release.commit,
    },
    {
      name: 'people see the page',
      path: '/',
      status: 200,
      fits: (body) => body.includes('<title>Shop</title>'),
    },
    {
      name: 'an order is priced',
      path: '/api/orders',
      cart,
      status: 201,
      fits: (body) => field(body, 'total') === total,
    },
    {
      name: 'an empty cart is refused',
      path: '/api/orders',
      cart: { lines: [] },
      status: 400,
      fits: () => true,
    },
  ];
}

async function ask(check: Check, url: string, signal: AbortSignal): Promise<CheckResult> {
  const { name, path, cart, status, fits } = check;
  const sent = cart === undefined ? {} : { method: 'POST', body: JSON.stringify(cart) };
  try {
    const answer = await fetch(new URL(path, url), { ...sent, signal, redirect: 'error' });
    const body = await answer.text();
    const good = answer.status === status && fits(body);
    const found = `${answer.status} ${body.slice(0, 120).replace(/\s+/g, ' ')}`;
    return { name, problem: good ? null : `expected ${status} and a fitting answer, found ${found}` };
  } catch (error) {
    return { name, problem: reasonOf(error) };
  }
}

/** `fetch failed` alone says nothing; its cause does. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

function field(body: string, name: string): unknown {
  const value: unknown = JSON.parse(body);
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}
