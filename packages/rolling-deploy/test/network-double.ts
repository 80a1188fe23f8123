// Networks of the Engine API's double: those of a project are there, any other one is once it was made. What is fixed in the
// network for the proxy is a loopback address of this machine, so that a started container really answers there.
import type { ScriptedAnswer, TestServer } from '@headgate/kit/testing/http-server';

export interface DoubleNetworks {
  /** By name. */
  readonly made: ReadonlyMap<string, MadeNetwork>;
  /** Of a container's id: as the engine shows what was asked for. */
  fixedOf(id: string): Readonly<Record<string, object>>;
  addressOf(id: string): string | null;
  /** Answers for the next ones to be made. */
  readonly refusals: ScriptedAnswer[];
}

interface MadeNetwork {
  readonly Name: string;
  readonly Internal?: boolean;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly IPAM?: { readonly Config: readonly { readonly Subnet: string; readonly Gateway?: string }[] };
}

/** What the engine takes for a network that asks for no range. */
const ownRange = { Subnet: '127.77.0.0/29', Gateway: '127.77.0.1' };

export function scriptNetworks(engine: TestServer): DoubleNetworks {
  const made = new Map<string, MadeNetwork>();
  const fixed = new Map<string, { readonly network: string; readonly address: string }>();
  const refusals: ScriptedAnswer[] = [];
  const nameIn = (path: string): string => decodeURIComponent(path.split('/')[3] ?? '');
  engine.on('GET /v1.43/networks', ({ query }) => {
    const { label = [] } = JSON.parse(query.get('filters') ?? '{}') as { readonly label?: readonly string[] };
    const carries = ({ Labels = {} }: MadeNetwork): boolean =>
      label.every((pair) => Object.entries(Labels).some(([name, value]) => `${name}=${value}` === pair));
    return { json: [...made.values()].filter(carries).map((network) => ({ Id: network.Name, ...network })) };
  });
  engine.on('GET /v1.43/networks/*', ({ path }) => {
    const [name, known] = [nameIn(path), made.get(nameIn(path))];
    if (known === undefined && name.startsWith('headgate-proxy')) return { status: 404, json: {} };
    return { json: { Name: name, ...known } };
  });
  engine.on('POST /v1.43/networks/*', ({ path, body }) => {
    const { Container: id, EndpointConfig: endpoint } = JSON.parse(body) as {
      readonly Container: string;
      readonly EndpointConfig: { readonly IPAMConfig?: { readonly IPv4Address: string } };
    };
    const address = endpoint.IPAMConfig?.IPv4Address;
    if (address !== undefined) fixed.set(id, { network: nameIn(path), address });
    return { json: {} };
  });
  engine.on('POST /v1.43/networks/create', ({ body }) => {
    const refusal = refusals.shift();
    if (refusal !== undefined) return refusal;
    const network = JSON.parse(body) as MadeNetwork;
    made.set(network.Name, { ...network, IPAM: network.IPAM ?? { Config: [ownRange] } });
    return { status: 201, json: { Id: network.Name } };
  });
  engine.on('DELETE /v1.43/networks/*', ({ path }) => {
    made.delete(nameIn(path));
    return { status: 204 };
  });
  return {
    made,
    refusals,
    addressOf: (id) => fixed.get(id)?.address ?? null,
    fixedOf: (id) => {
      const found = fixed.get(id);
      return found === undefined ? {} : { [found.network]: { IPAMConfig: { IPv4Address: found.address } } };
    },
  };
}
