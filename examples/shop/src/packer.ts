// A packer goes from instance to instance of the shop, takes the orders that wait there, and packs them.
import { findProduct } from './catalog.ts';

export interface PackerOptions {
  /** Its version. */
  readonly version: string;
  /** Addresses of the instances that there are now. */
  readonly instances: () => Promise<readonly URL[]>;
  readonly fetch: typeof fetch;
}

export interface Packer {
  /** Visits all instances once; answers how many orders were packed. An instance that is gone costs nothing. */
  round(): Promise<number>;
}

export function createPacker({ version, instances, fetch }: PackerOptions): Packer {
  const packed = new Map<string, number>();
  const visit = async (instance: URL): Promise<number> => {
    const body = JSON.stringify({ worker: version, packed: packed.get(instance.host) ?? 0 });
    const signal = AbortSignal.timeout(2_000);
    const answer = await fetch(new URL('/api/packing', instance), { method: 'POST', body, signal });
    const { orders = [] } = (await answer.json()) as { orders?: readonly { lines?: unknown }[] };
    const parcels = orders.filter((order) => piecesOf(order.lines) > 0);
    packed.set(instance.host, parcels.length);
    return parcels.length;
  };
  return {
    async round() {
      const all = await instances();
      const counts = await Promise.all(all.map((instance) => visit(instance).catch(() => 0)));
      for (const host of packed.keys())
        if (!all.some((instance) => instance.host === host)) packed.delete(host);
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
}

/** Of things that are still sold: what is not cannot be packed. */
function piecesOf(lines: unknown): number {
  if (!Array.isArray(lines)) return 0;
  return lines.reduce((sum: number, line: { product?: unknown; quantity?: unknown }) => {
    const known = typeof line.product === 'string' && findProduct(line.product) !== undefined;
    return known && typeof line.quantity === 'number' ? sum + line.quantity : sum;
  }, 0);
}
