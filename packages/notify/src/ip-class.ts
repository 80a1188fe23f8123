// What kind of network an IP address belongs to; the ranges are IANA's special-purpose registries.
import { BlockList, isIPv6 } from 'node:net';

export type IpClass = 'public' | 'loopback' | 'private' | 'link-local' | 'reserved';

type Range = readonly [network: string, prefix: number];

const loopback: readonly Range[] = [
  ['127.0.0.0', 8],
  ['::1', 128],
];
const linkLocal: readonly Range[] = [
  ['169.254.0.0', 16],
  ['fe80::', 10],
];
const privateUse: readonly Range[] = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  // Shared by carriers; a cloud's metadata service lives here too.
  ['100.64.0.0', 10],
  ['fc00::', 7],
];
const reserved: readonly Range[] = [
  ['0.0.0.0', 8],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  // These carry an IPv4 address inside, and would reach it past the ranges above.
  ['::', 96],
  ['::ffff:0:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fec0::', 10],
  ['ff00::', 8],
];

const classes: readonly (readonly [IpClass, BlockList])[] = [
  ['loopback', listOf(loopback)],
  ['link-local', listOf(linkLocal)],
  ['private', listOf(privateUse)],
  ['reserved', listOf(reserved)],
];

/** The class of an IPv4 or IPv6 address; an IPv4 address written as IPv6 (`::ffff:…`) is judged as IPv4. */
export function ipClass(address: string): IpClass {
  const bare = address.replace(/%.*$/, '');
  const family = isIPv6(bare) ? 'ipv6' : 'ipv4';
  return classes.find(([, list]) => list.check(bare, family))?.[0] ?? 'public';
}

function listOf(ranges: readonly Range[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of ranges) list.addSubnet(network, prefix, isIPv6(network) ? 'ipv6' : 'ipv4');
  return list;
}
