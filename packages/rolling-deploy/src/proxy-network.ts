// The network in which a host's proxy reaches instances at addresses of their own: no port of the host leads there, so
// neither a process of the engine's nor a firewall rule that it sets anew when it begins stands in the way.
import { randomBytes } from 'node:crypto';
import { type Endpoint, partsOf } from './endpoint.js';
import type { EnginePlaces } from './engine-places.js';
import { DeployError } from './errors.js';
import { freeAddress, isWithin, type Subnet } from './subnet.js';

/** One for each engine. */
export const proxyNetwork = 'headgate-proxy';

type Networks = Pick<
  EnginePlaces,
  'network' | 'networks' | 'createNetwork' | 'connectNetwork' | 'removeNetwork' | 'fixedAddresses'
>;

const label = 'io.headgate.network';
const attempts = 3;

/** Made unless it is there. @throws {DeployError} engine-refused */
export async function ensureProxyNetwork(places: Networks): Promise<Subnet> {
  for (let attempt = 1; ; attempt += 1) {
    const subnet = await places.network(proxyNetwork);
    if (subnet !== null) return subnet;
    try {
      await places.createNetwork(proxyNetwork, {
        ...isolated,
        Labels: { [label]: 'proxy' },
        IPAM: { Config: [{ Subnet: await chooseRange(places) }] },
      });
    } catch (error) {
      // Whoever took that range meanwhile may be another one who makes this very network.
      if (attempt === attempts) throw error;
    }
  }
}

/** Gives a container that was not started yet an address that no other one has, running or not. @throws {DeployError} engine-refused */
export async function joinProxyNetwork(id: string, places: Networks, random: () => number): Promise<void> {
  const subnet = await ensureProxyNetwork(places);
  const address = freeAddress(subnet, new Set(await places.fixedAddresses(proxyNetwork)), random);
  if (address !== null) return places.connectNetwork(proxyNetwork, id, [], address);
  throw new DeployError({
    code: 'engine-refused',
    message: `the network ${proxyNetwork} (${subnet.range || 'without an IPv4 range'}) has no free address`,
    hint: `Remove containers that nobody needs, or the network (docker network rm ${proxyNetwork}) once none is in it, and make it with a larger --subnet.`,
  });
}

/** Whether an instance of ours may be, or have been, there. */
export async function isInProxyNetwork(endpoint: Endpoint, places: Networks): Promise<boolean> {
  const subnet = await places.network(proxyNetwork);
  return subnet !== null && isWithin(subnet, partsOf(endpoint).address);
}

/** No way out and none from one container to another: only the host reaches them here, beside their own networks. */
const isolated = {
  Driver: 'bridge',
  Internal: true,
  Options: { 'com.docker.network.bridge.enable_icc': 'false' },
};

/**
 * The engine fixes addresses only where the range was asked for, and it knows best which one is free: what it takes for a
 * network that goes again is asked for.
 */
async function chooseRange(places: Networks): Promise<string> {
  const labels = { [label]: 'choice' };
  // Of those who were killed meanwhile.
  for (const { id } of await places.networks(labels)) await places.removeNetwork(id);
  const name = `${proxyNetwork}-${randomBytes(4).toString('hex')}`;
  await places.createNetwork(name, { ...isolated, Labels: labels });
  const chosen = await places.network(name);
  await places.removeNetwork(name);
  return chosen?.range ?? '';
}
