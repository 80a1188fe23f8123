// The map file that A and B are told apart by.

/** Where the proxy's configuration and deployments look for it when nobody names another place. */
export function usualMap(backend: string): string {
  return `/etc/haproxy/${backend}-ab.map`;
}
