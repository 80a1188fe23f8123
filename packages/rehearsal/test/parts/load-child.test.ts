// The load generator's process, over a channel in memory and a real server.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { type LoadChannel, type LoadNews, type LoadOrder, serveLoad } from '../../src/parts/load-child.js';

function channel(): LoadChannel & {
  order(order: LoadOrder): void;
  close(): void;
  next(): Promise<LoadNews>;
} {
  let order: (order: LoadOrder) => void = () => undefined;
  let close: () => void = () => undefined;
  const news: LoadNews[] = [];
  const waiting: ((item: LoadNews) => void)[] = [];
  return {
    send: (item) => {
      const waiter = waiting.shift();
      if (waiter === undefined) news.push(item);
      else waiter(item);
    },
    onOrder: (listener) => {
      order = listener;
    },
    onClosed: (listener) => {
      close = listener;
    },
    order: (item) => order(item),
    close: () => close(),
    next: () => {
      const item = news.shift();
      return item === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(item);
    },
  };
}

const plan = { rate: 200, requests: [{ method: 'GET', path: '/' }], timeoutMs: 1_000 };

describe('the load process', () => {
  it('waits for the first good answer, then reports, and ends with a final report', async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      response.writeHead(asked < 3 ? 503 : 200).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const parent = channel();
    const ended = serveLoad(parent);

    parent.order({ start: { ...plan, targets: [target], firstAnswerMs: 5_000 } });
    expect(await parent.next()).toEqual({ started: true });
    const news = await parent.next();
    parent.order({ mark: true });
    parent.order({ mark: true });
    parent.order({ stop: true });
    await ended;
    server.closeAllConnections();
    server.close();

    expect(news).toMatchObject({ report: { failed: 0, window: null }, final: false });
    expect(await parent.next()).toMatchObject({
      report: { failed: 0, window: { requests: 0 } },
      final: true,
    });
  });

  it('begins only when every host has answered well', async () => {
    const asked = [0, 0];
    const servers = asked.map((_, at) =>
      createServer((_request, response) => {
        asked[at] = (asked[at] ?? 0) + 1;
        response.writeHead(at === 1 && (asked[at] ?? 0) < 3 ? 503 : 200).end();
      }).listen(0, '127.0.0.1'),
    );
    await Promise.all(servers.map((server) => server.listening || once(server, 'listening')));
    const targets = servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const parent = channel();
    const ended = serveLoad(parent);

    parent.order({ start: { ...plan, rate: 1, targets, firstAnswerMs: 5_000 } });
    expect(await parent.next()).toEqual({ started: true });
    const [first, second] = asked;
    parent.order({ stop: true });
    await ended;
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }

    expect(first).toBe(1);
    expect(second).toBe(3);
  });

  it('waits for the first answer as long as a request of the load may take', async () => {
    const server = createServer((_, response) => {
      setTimeout(() => response.end(), 1_100);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const parent = channel();
    const ended = serveLoad(parent);

    parent.order({ start: { ...plan, rate: 1, timeoutMs: 5_000, targets: [target], firstAnswerMs: 10_000 } });
    const news = await parent.next();
    parent.order({ stop: true });
    await ended;
    server.closeAllConnections();
    server.close();

    expect(news).toEqual({ started: true });
  });

  it('says so when nothing answers in time', async () => {
    const parent = channel();
    const ended = serveLoad(parent);

    parent.order({ start: { ...plan, targets: ['http://127.0.0.1:9'], firstAnswerMs: 60 } });

    expect(await parent.next()).toEqual({
      failure: 'http://127.0.0.1:9 did not answer with 2xx within 60 ms',
    });
    parent.close();
    await ended;
  });

  it('ends with its parent', async () => {
    const parent = channel();
    const ended = serveLoad(parent);

    parent.close();

    await expect(ended).resolves.toBeUndefined();
  });
});
