// The load generator against a real server on loopback.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Load, type LoadTime, startLoad } from '../../src/parts/load.js';
import type { LoadRequest } from '../../src/parts/load-request.js';
import type { LoadReport } from '../../src/parts/load-tally.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void;

async function serve(handler: Handler): Promise<{ target: string; connections: () => number }> {
  let count = 0;
  let connections = 0;
  const server = createServer((request, response) => {
    count += 1;
    request.resume();
    handler(request, response, count);
  }).listen(0, '127.0.0.1');
  server.on('connection', () => {
    connections += 1;
  });
  servers.push(server);
  await once(server, 'listening');
  const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { target, connections: () => connections };
}

const get: LoadRequest = { method: 'GET', path: '/' };

/** Time that passes when a test says so. */
function handTime(): LoadTime & { advance(milliseconds: number): void } {
  let now = 0;
  let tick: (() => void) | null = null;
  return {
    now: () => now,
    every: (_, listener) => {
      tick = listener;
      return () => {
        tick = null;
      };
    },
    advance: (milliseconds) => {
      now += milliseconds;
      tick?.();
    },
  };
}

async function settled(load: Load, requests: number): Promise<void> {
  while (load.report().requests < requests) await new Promise((resolve) => setImmediate(resolve));
}

/** Offers requests one after the other, each after the former's answer. */
async function offer(
  handler: Handler,
  count: number,
  options: { readonly requests?: readonly LoadRequest[]; readonly timeoutMs?: number } = {},
): Promise<{ readonly report: LoadReport; readonly connections: number }> {
  const { requests = [get], timeoutMs = 10_000 } = options;
  const { target, connections } = await serve(handler);
  const time = handTime();
  const load = startLoad({ targets: [target], rate: 100, requests, timeoutMs }, time);
  for (let sent = 1; sent <= count; sent += 1) {
    time.advance(10);
    await settled(load, sent);
  }
  return { report: await load.stop(), connections: connections() };
}

const answer: Handler = (_, response) => response.end('ok');

describe('load', () => {
  it('on several hosts asks each for a whole round of the requests, one host after the other', async () => {
    const asked: string[] = [];
    const note =
      (host: string): Handler =>
      (request, response) => {
        asked.push(`${host}${request.url}`);
        response.end('ok');
      };
    const [first, second] = [await serve(note('one')), await serve(note('two'))];
    const time = handTime();
    const requests = ['/a', '/b'].map((path) => ({ method: 'GET', path }));
    const targets = [first.target, second.target];
    const load = startLoad({ targets, rate: 100, requests, timeoutMs: 10_000 }, time);
    for (let sent = 1; sent <= 6; sent += 1) {
      time.advance(10);
      await settled(load, sent);
    }

    expect((await load.stop()).failed).toBe(0);
    expect(asked).toEqual(['one/a', 'one/b', 'two/a', 'two/b', 'one/a', 'one/b']);
  });

  it.each([
    [800, 1_000, 800],
    [3, 1_000, 3],
    [250, 4, 1],
    [250, 3, 0],
  ])('offers %d requests a second, so after %d ms it has offered %d', async (rate, passed, offered) => {
    const { target } = await serve(answer);
    const time = handTime();
    const load = startLoad({ targets: [target], rate, requests: [get], timeoutMs: 10_000 }, time);

    time.advance(passed);

    expect(await load.stop()).toMatchObject({ requests: offered, failed: 0 });
  });

  it('offers what became due while the machine stood still', async () => {
    const { target } = await serve(answer);
    const time = handTime();
    const load = startLoad({ targets: [target], rate: 100, requests: [get], timeoutMs: 10_000 }, time);

    time.advance(10);
    time.advance(490);

    expect((await load.stop()).requests).toBe(50);
  });

  it('keeps its connections', async () => {
    const { report, connections } = await offer(answer, 30);

    expect(report).toMatchObject({ requests: 30, failed: 0 });
    expect(connections).toBe(1);
  });

  it('asks its requests in turn, with their methods and bodies', async () => {
    const asked: string[] = [];
    const post = { method: 'POST', path: '/orders', body: '{"a":1}' };

    await offer(
      (request, response) => {
        asked.push(`${request.method} ${request.url} ${request.headers['content-length'] ?? '-'}`);
        response.end();
      },
      4,
      { requests: [get, post] },
    );

    expect(asked).toEqual(['GET / -', 'POST /orders 7', 'GET / -', 'POST /orders 7']);
  });

  it('sends the headers of each request', async () => {
    const asked: string[] = [];
    const headers = { 'X-Taste': 'new' };

    await offer(
      (request, response) => {
        const { 'x-taste': taste = '-', 'content-type': type = '-' } = request.headers;
        asked.push(`${String(taste)} ${type}`);
        response.end();
      },
      3,
      { requests: [get, { ...get, headers }, { method: 'POST', path: '/', body: '{}', headers }] },
    );

    expect(asked).toEqual(['- -', 'new -', 'new application/json']);
  });

  it.each([
    ['a server error', (response: ServerResponse) => void response.writeHead(502).end(), 'GET / 502'],
    ['a redirect', (response: ServerResponse) => void response.writeHead(302).end(), 'GET / 302'],
    [
      'a connection cut before the answer',
      (response: ServerResponse) => void response.destroy(),
      'GET / ECONNRESET',
    ],
    [
      'a connection cut within the answer',
      (response: ServerResponse) => {
        response.writeHead(200, { 'content-length': 10 });
        response.write('half', () => response.destroy());
      },
      'GET / cut',
    ],
  ])('counts %s as exactly one failure', async (_, spoil, what) => {
    const { report } = await offer(
      (_request, response, count) => (count === 5 ? spoil(response) : response.end('ok')),
      10,
    );

    expect(report).toMatchObject({ requests: 10, failed: 1, failures: [{ what }] });
  });

  it('counts an answer that does not come in time', async () => {
    const { report } = await offer(() => undefined, 1, { timeoutMs: 20 });

    expect(report).toMatchObject({ failed: 1, failures: [{ what: 'GET / timeout' }] });
  });

  it('counts what nobody answers, without retrying it', async () => {
    const { target } = await serve(answer);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const time = handTime();
    const load = startLoad({ targets: [target], rate: 100, requests: [get], timeoutMs: 10_000 }, time);

    time.advance(50);

    expect(await load.stop()).toMatchObject({
      requests: 5,
      failed: 5,
      failures: Array(5).fill({ what: 'GET / ECONNREFUSED' }),
    });
  });

  it('has figures of its own for what lies between the first mark and the last', async () => {
    const { target } = await serve(
      (_, response, count) => void response.writeHead(count === 2 || count === 4 ? 500 : 200).end(),
    );
    const time = handTime();
    const load = startLoad({ targets: [target], rate: 100, requests: [get], timeoutMs: 10_000 }, time);
    const windows: (number | undefined)[] = [];
    for (let sent = 1; sent <= 8; sent += 1) {
      time.advance(10);
      await settled(load, sent);
      if ([3, 5, 6].includes(sent)) load.mark();
      windows.push(load.report().window?.requests);
    }

    const report = await load.stop();

    expect(windows).toEqual([undefined, undefined, undefined, undefined, 2, 3, 3, 3]);
    expect(report).toMatchObject({ requests: 8, failed: 2, elapsedMs: 80, rate: 100, sinceFirst: 5 });
    expect(report.window).toMatchObject({ requests: 3, failed: 1, elapsedMs: 30 });
  });

  it('ends its time with the offer, not with the last answer', async () => {
    const held: ServerResponse[] = [];
    const { target } = await serve((_, response) => void held.push(response));
    const time = handTime();
    const load = startLoad({ targets: [target], rate: 100, requests: [get], timeoutMs: 10_000 }, time);
    time.advance(10);
    const stopped = load.stop();
    while (held.length < 1) await new Promise((resolve) => setImmediate(resolve));
    time.advance(5_000);
    held[0]?.end();

    expect(await stopped).toMatchObject({ requests: 1, elapsedMs: 10 });
  });

  it('measures from the moment a request was due, so that waiting customers count', async () => {
    const held: ServerResponse[] = [];
    const { target } = await serve((_, response) => void held.push(response));
    const time = handTime();
    const load = startLoad({ targets: [target], rate: 10, requests: [get], timeoutMs: 10_000 }, time);

    // Ten were due in this second, the first of them at its very beginning.
    time.advance(1_000);
    while (held.length < 10) await new Promise((resolve) => setImmediate(resolve));
    time.advance(50);
    for (const response of held) response.end('late');

    expect(await load.stop()).toMatchObject({ requests: 10, failed: 0, p99ms: 1_050 });
  });
});
