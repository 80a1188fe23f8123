// The worker: `node dist/worker.js` packs what the shop has sold until SIGTERM, and ends its round before it goes.
import { lookup } from 'node:dns/promises';
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPacker } from './packer.ts';
import { releaseOf } from './version.ts';
import { signOfLife } from './worker-life.ts';

const everyMs = 250;
const shop = new URL(process.env['SHOP_URL'] || 'http://web:3000');
const release = releaseOf(process.env);
const over = new AbortController();
let known = -1;
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => over.abort());

/** All that stand behind the shop's name; none while there is no shop. */
async function instances(): Promise<readonly URL[]> {
  const found = await lookup(shop.hostname, { all: true, family: 4 }).catch(() => []);
  if (found.length !== known) console.log(`${found.length} instances of ${shop.host}`);
  known = found.length;
  return found.map(({ address }) => new URL(`http://${address}:${shop.port || '80'}`));
}

const packer = createPacker({ version: release.version, instances, fetch });
let packed = 0;
console.log(`worker ${release.version} (${release.commit}) packs for ${shop.host}`);
while (!over.signal.aborted) {
  packed += await packer.round();
  await writeFile(signOfLife, String(packed));
  await sleep(everyMs, undefined, { signal: over.signal }).catch(() => undefined);
}
console.log(`${packed} orders packed`);
