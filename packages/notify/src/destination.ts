// Whether a webhook may be called: by its scheme, and by every address its name stands for.
import { isIP } from 'node:net';
import { ipClass } from './ip-class.js';
import type { Permission } from './webhook-url.js';

/** The addresses of a host name; rejects when there are none. */
export type Lookup = (host: string) => Promise<readonly string[]>;

export const systemLookup: Lookup = async (host) => {
  const { lookup } = await import('node:dns/promises');
  return (await lookup(host, { all: true })).map(({ address }) => address);
};

export type Destination =
  /** The address to connect to: the one that was judged. */
  | { readonly kind: 'allowed'; readonly address: string }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly reason: string };

/** Judges all addresses of the host: one that is not allowed refuses the whole name. */
export async function judgeDestination(
  url: URL,
  allow: readonly Permission[],
  lookup: Lookup,
): Promise<Destination> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses = isIP(host) === 0 ? await lookup(host).catch(() => []) : [host];
  const [first] = addresses;
  if (first === undefined) return { kind: 'unknown' };
  const found = addresses.map(ipClass);
  const bad = found.find((each) => each !== 'public' && !(allow as readonly string[]).includes(each));
  if (bad !== undefined) return { kind: 'refused', reason: `its host has a ${bad} address` };
  const plain = url.protocol !== 'https:';
  if (plain && found.some((each) => each !== 'loopback')) {
    return { kind: 'refused', reason: 'it is http, which is for loopback addresses only' };
  }
  return { kind: 'allowed', address: first };
}
