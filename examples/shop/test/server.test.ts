import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createShopServer, type ShopServer } from '../src/server.ts';

const echo = { status: 200, type: 'application/json', body: '"ok"\n' } as const;

async function listen(shop: ShopServer): Promise<number> {
  shop.server.listen(0, '127.0.0.1');
  await once(shop.server, 'listening');
  return (shop.server.address() as AddressInfo).port;
}

test('a request in flight is answered after the end was asked for, and its connection closes', async () => {
  const shop = createShopServer(() => echo);
  const port = await listen(shop);
  const sent = request({ port, host: '127.0.0.1', method: 'POST', agent: new Agent({ keepAlive: true }) });
  sent.write('first half');
  await once(shop.server, 'request');

  const closed = shop.close(5_000);
  sent.end('second half');
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();

  assert.equal(response.statusCode, 200);
  assert.equal(response.headers.connection, 'close');
  assert.equal(await closed, true);
});

test('an idle keep-alive connection does not delay the end', async () => {
  const shop = createShopServer(() => echo);
  const port = await listen(shop);
  const agent = new Agent({ keepAlive: true });
  const [response] = (await once(get({ port, host: '127.0.0.1', agent }), 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');

  assert.equal(await shop.close(5_000), true);
  agent.destroy();
});

test('what does not finish in time is cut, and the end says so', async () => {
  const shop = createShopServer(() => echo);
  const port = await listen(shop);
  const sent = request({ port, host: '127.0.0.1', method: 'POST' });
  sent.on('error', () => undefined);
  sent.write('never ends');
  await once(shop.server, 'request');

  assert.equal(await shop.close(20), false);
});

test('a body that is too large is refused', async () => {
  const shop = createShopServer(() => echo);
  const port = await listen(shop);
  const sent = request({ port, host: '127.0.0.1', method: 'POST' });
  sent.end('x'.repeat(17 * 1024));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();

  assert.equal(response.statusCode, 413);
  await shop.close(100);
});
