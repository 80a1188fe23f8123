// Starts the shop; SIGTERM and SIGINT end it without losing a request.
import { createOrderBook } from './orders.ts';
import { createPackingTable } from './packing.ts';
import { createRoutes } from './routes.ts';
import { createShopServer } from './server.ts';
import { releaseOf } from './version.ts';

const graceMs = 10_000;
const port = Number(process.env['PORT'] ?? 3000);
const release = releaseOf(process.env);
const shop = createShopServer(
  createRoutes({ release, orders: createOrderBook(), packing: createPackingTable() }),
);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    console.log(`${signal}: finishing what is in flight`);
    void shop.close(graceMs).then((clean) => process.exit(clean ? 0 : 1));
  });
}
shop.server.listen(port, () => console.log(`shop ${release.version} (${release.commit}) listens on ${port}`));
