// Where an instance takes connections, as its host sees it.

/** `127.0.0.1:20017`, or `10.146.0.77:3000` in the proxy's own network. */
export type Endpoint = string;

const loopback = '127.0.0.1';

export function loopbackPort(port: number): Endpoint {
  return `${loopback}:${port}`;
}

export function isOnLoopback(endpoint: Endpoint): boolean {
  return endpoint.startsWith(`${loopback}:`);
}

/** The address and the port apart; the port follows the last colon, in an IPv6 address too. */
export function partsOf(endpoint: Endpoint): { readonly address: string; readonly port: string } {
  const colon = endpoint.lastIndexOf(':');
  return { address: endpoint.slice(0, colon), port: endpoint.slice(colon + 1) };
}
