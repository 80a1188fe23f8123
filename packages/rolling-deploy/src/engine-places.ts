// Networks and volumes of an engine, found by labels and removed one by one.
import { fixedAddress, record, subnetOf, text } from './engine-answers.js';
import { answerOf, type Call, type CallRequest } from './engine-call.js';
import type { Subnet } from './subnet.js';

export interface EnginePlace {
  /** A volume's is its name. */
  readonly id: string;
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
}

export interface EnginePlaces {
  networks(labels: Readonly<Record<string, string>>): Promise<readonly EnginePlace[]>;
  removeNetwork(id: string): Promise<void>;
  /** @param address a fixed one in the network's range; '' : whichever the engine gives at each start */
  connectNetwork(
    name: string,
    container: string,
    aliases: readonly string[],
    address?: string,
  ): Promise<void>;
  /** Null when there is none. */
  network(name: string): Promise<Subnet | null>;
  /** Nothing is done where one of this name is. @param body of `POST /networks/create` */
  createNetwork(name: string, body: Readonly<Record<string, unknown>>): Promise<void>;
  /** Those that containers, running or not, are to have there. */
  fixedAddresses(network: string): Promise<readonly string[]>;
  hasNetwork(name: string): Promise<boolean>;
  volumes(labels: Readonly<Record<string, string>>): Promise<readonly EnginePlace[]>;
  /** Does nothing where it exists already. */
  createVolume(name: string, labels: Readonly<Record<string, string>>): Promise<void>;
  removeVolume(name: string): Promise<void>;
  hasVolume(name: string): Promise<boolean>;
}

export function createPlaces(call: Call): EnginePlaces {
  const read = async (path: string): Promise<unknown> => (await call({ method: 'GET', path })).json();
  const remove = async (path: string): Promise<void> => {
    const request: CallRequest = { method: 'DELETE', path };
    const response = await call(request);
    // Gone already is as good; still in use is not.
    if (response.status === 404) await response.text();
    else await answerOf(response, request);
  };
  const has = async (path: string): Promise<boolean> => {
    const response = await call({ method: 'GET', path });
    await response.text();
    return response.status === 200;
  };
  const change = async (path: string, value: object): Promise<void> => {
    const headers = { 'Content-Type': 'application/json' };
    const request: CallRequest = { method: 'POST', path, headers, body: JSON.stringify(value) };
    await answerOf(await call(request), request);
  };
  return {
    networks: async (labels) => placesOf(await read(`/networks?filters=${filtersOf(labels)}`)),
    removeNetwork: (id) => remove(`/networks/${encodeURIComponent(id)}`),
    volumes: async (labels) =>
      placesOf(record(await read(`/volumes?filters=${filtersOf(labels)}`))['Volumes']),
    connectNetwork: (name, container, aliases, address = '') => {
      const fixed = address === '' ? {} : { IPAMConfig: { IPv4Address: address } };
      const body = { Container: container, EndpointConfig: { Aliases: aliases, ...fixed } };
      return change(`/networks/${encodeURIComponent(name)}/connect`, body);
    },
    network: async (name) => {
      const response = await call({ method: 'GET', path: `/networks/${encodeURIComponent(name)}` });
      const body = await response.json();
      return response.status === 404 ? null : subnetOf(body);
    },
    createNetwork: (name, body) => createNetwork(name, body, call),
    fixedAddresses: async (network) => {
      const filters = encodeURIComponent(JSON.stringify({ network: [network] }));
      const rows = await read(`/containers/json?all=1&filters=${filters}`);
      return (Array.isArray(rows) ? rows : []).flatMap((row) => fixedAddress(row, network) ?? []);
    },
    hasNetwork: (name) => has(`/networks/${encodeURIComponent(name)}`),
    createVolume: (name, labels) => change('/volumes/create', { Name: name, Labels: labels }),
    removeVolume: (name) => remove(`/volumes/${encodeURIComponent(name)}`),
    hasVolume: (name) => has(`/volumes/${encodeURIComponent(name)}`),
  };
}

/** Made unless it is there. @throws {DeployError} engine-refused */
export async function ensureNetwork(
  name: string,
  labels: Readonly<Record<string, string>>,
  call: Call,
): Promise<void> {
  const found = await call({ method: 'GET', path: `/networks/${encodeURIComponent(name)}` });
  await found.text();
  if (found.status === 200) return;
  await createNetwork(name, { Labels: labels }, call);
}

async function createNetwork(name: string, more: object, call: Call): Promise<void> {
  const headers = { 'Content-Type': 'application/json' };
  // Engines of API versions before 1.44 make a second one of the same name unless told.
  const body = JSON.stringify({ Name: name, CheckDuplicate: true, ...more });
  const request: CallRequest = { method: 'POST', path: '/networks/create', headers, body };
  const made = await call(request);
  // Another run made it meanwhile.
  if (made.status === 409) await made.text();
  else await answerOf(made, request);
}

/** Labels of `GET /containers`, `/networks` and `/volumes` alike: all must be there. */
export function filtersOf(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return encodeURIComponent(JSON.stringify({ label: pairs }));
}

function placesOf(value: unknown): readonly EnginePlace[] {
  return (Array.isArray(value) ? value : []).map(record).map((item) => {
    const labels = Object.entries(record(item['Labels'])).map(([key, label]) => [key, text(label)] as const);
    return { id: text(item['Id']) || text(item['Name']), name: text(item['Name']), labels: new Map(labels) };
  });
}
