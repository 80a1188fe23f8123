// An IPv4 subnet and the addresses in it; pure.

export interface Subnet {
  /** `10.146.0.0/24` */
  readonly range: string;
  /** The host's own address in it; '' when it was not said: an engine takes the first one then. */
  readonly gateway: string;
}

/**
 * One that nobody has, from a place in the range that differs from call to call, so that two who choose at a time seldom
 * choose the same; null when all are taken, or the range is no IPv4 one of at least four addresses.
 * @param random answers a number in [0, 1)
 */
export function freeAddress(
  { range, gateway }: Subnet,
  taken: ReadonlySet<string>,
  random: () => number,
): string | null {
  const found = parse(range);
  if (found === null) return null;
  const { base, size } = found;
  // Neither the subnet's own name, nor the address that all of it hear.
  const count = size - 2;
  const start = Math.floor(random() * count);
  const own = gateway || addressAt(base + 1);
  // More than are taken need not be looked at.
  for (let step = 0; step < Math.min(count, taken.size + 2); step += 1) {
    const address = addressAt(base + 1 + ((start + step) % count));
    if (address !== own && !taken.has(address)) return address;
  }
  return null;
}

export function isWithin({ range }: Subnet, address: string): boolean {
  const [found, number] = [parse(range), numberOf(address)];
  return found !== null && number !== null && number >= found.base && number < found.base + found.size;
}

function parse(range: string): { readonly base: number; readonly size: number } | null {
  const [, first = '', bits = ''] = /^([\d.]{7,15})\/(\d{1,2})$/.exec(range) ?? [];
  const number = numberOf(first);
  if (number === null || Number(bits) < 8 || Number(bits) > 30) return null;
  const size = 2 ** (32 - Number(bits));
  return { base: number - (number % size), size };
}

/** Null for what is no IPv4 address. */
function numberOf(address: string): number | null {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(address)) return null;
  const parts = address.split('.').map(Number);
  return parts.some((part) => part > 255) ? null : parts.reduce((sum, part) => sum * 256 + part, 0);
}

function addressAt(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
