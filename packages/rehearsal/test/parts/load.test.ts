// The load generator against a real server on loopback.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type LoadReport, type LoadRequest, startLoad } from '../../src/parts/load.js';

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

/** Offers load until the server has seen `enough` requests. */
async function offer(
  handler: Handler,
  enough: number,
  options: {
    readonly rate?: number;
    readonly requests?: readonly LoadRequest[];
    readonly timeoutMs?: number;
  } = {},
): Promise<{ readonly report: LoadReport; readonly connections: number }> {
  const { rate = 400, requests = [get], timeoutMs = 5_000 } = options;
  let seen: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    seen = resolve;
  });
  const { target, connections } = await serve((request, response, count) => {
    handler(request, response, count);
    if (count === enough) seen();
  });
  const load = startLoad({ target, rate, requests, timeoutMs });
  await done;
  return { report: await load.stop(), connections: connections() };
}

const answer: Handler = (_, response) => response.end('ok');

describe('load', () => {
  it('is offered at the rate that was asked for, over kept connections', async () => {
    const { report, connections } = await offer(answer, 200);

    expect(report.failed).toBe(0);
    // The last answer may still count after the clock was read, hence a little room either way.
    expect(report.requests / (report.elapsedMs / 1_000)).toBeGreaterThan(300);
    expect(report.requests / (report.elapsedMs / 1_000)).toBeLessThan(420);
    expect(connections).toBeLessThan(report.requests / 2);
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

    expect([...asked].sort().slice(0, 2)).toEqual(['GET / -', 'GET / -']);
    expect(asked.filter((line) => line === 'POST /orders 7').length).toBeGreaterThanOrEqual(2);
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
    ['an answer that does not come in time', () => undefined, 'GET / timeout'],
  ])('counts %s as exactly one failure', async (_, spoil, what) => {
    const { report } = await offer(
      (_request, response, count) => {
        if (count === 10) spoil(response);
        else response.end('ok');
      },
      40,
      { timeoutMs: 300 },
    );

    expect(report.failed).toBe(1);
    expect(report.failures).toMatchObject([{ what }]);
  });

  it('counts what nobody answers, without retrying it', async () => {
    const { target } = await serve(answer);
    servers.splice(0).forEach((server) => void server.close());
    const load = startLoad({ target, rate: 100, requests: [get], timeoutMs: 1_000 });
    while (load.report().requests < 5) await new Promise((resolve) => setImmediate(resolve));

    const report = await load.stop();

    expect(report.failed).toBe(report.requests);
    expect(report.failures[0]?.what).toBe('GET / ECONNREFUSED');
  });

  it('measures from the moment a request was due, so that waiting customers count', async () => {
    const held: ServerResponse[] = [];
    const { report } = await offer(
      (_, response, count) => {
        held.push(response);
        if (count === 20) for (const each of held) each.end('late');
        else if (count > 20) response.end('ok');
      },
      30,
      { rate: 200 },
    );

    // Nineteen answers had to wait for the twentieth request, which was due 95 ms after the first.
    expect(report.p99ms).toBeGreaterThanOrEqual(90);
    expect(report.failed).toBe(0);
  });
});
