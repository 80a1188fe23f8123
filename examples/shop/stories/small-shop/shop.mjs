// A shop in one file: a greeting, prices, and whether it is well.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { healthStatus } from './health.mjs';

const read = (name) => readFileSync(new URL(name, import.meta.url), 'utf8');
const greeting = read('greeting.txt');
const prices = JSON.parse(read('catalog.json'));

/** @returns {[number, string]} status and text */
export function answer(path) {
  const [, product] = /^\/prices\/([a-z]+)$/.exec(path) ?? [];
  if (path === '/') return [200, greeting];
  if (path === '/health') return [healthStatus(), 'how the shop is'];
  return Object.hasOwn(prices, product) ? [200, String(prices[product])] : [404, 'no such page'];
}

if (process.argv[1] === import.meta.filename) {
  const server = createServer(({ url }, response) => {
    const [status, text] = answer(url);
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
  });
  server.listen(Number(process.env.PORT ?? 3000));
  // Requests in flight are answered before it ends.
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => server.close());
}
