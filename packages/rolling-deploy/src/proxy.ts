// HAProxy over its runtime socket: slots are given an address, made ready, drained and put in maintenance.
import type { Clock } from '@headgate/kit/clock';
import { type Endpoint, partsOf } from './endpoint.js';
import { DeployError } from './errors.js';
import {
  acceptAnswer,
  parseServersState,
  parseStat,
  refused,
  type ServerStat,
  type Slot,
  type SlotState,
} from './proxy-answers.js';
import { refuseForgetful, type StateLog, stateKeeper } from './state-file.js';
import type { Transport } from './transport.js';

export interface ProxyControl {
  slots(): Promise<readonly Slot[]>;
  stats(): Promise<readonly ServerStat[]>;
  /** Leads the slot there; only a slot in maintenance is ever moved. */
  point(slot: string, endpoint: Endpoint): Promise<void>;
  setState(slot: string, state: SlotState): Promise<void>;
  /** All of them in one line, in this order: no request finds one done and another not yet. */
  change(changes: readonly SlotChange[]): Promise<void>;
  /** Puts these in the place of all that a map holds, at once. @throws {DeployError} proxy-refused */
  route(map: string, routing: Routing): Promise<void>;
  /** Returns when the proxy would send requests there through the slot. @throws {DeployError} proxy-refused */
  taken(slot: string, endpoint: Endpoint): Promise<void>;
  /** Writes the file that the proxy reads its slots from when it is loaded anew; after every change too. Never rejects. */
  keep(): Promise<void>;
  /** @throws {DeployError} proxy-refused where loading the proxy anew would lead slots back to its own loopback */
  keepsAddresses(): Promise<void>;
}

export type Routing = readonly { readonly key: string; readonly slot: string }[];

export interface SlotChange {
  readonly slot: string;
  readonly weight: number;
  /** Null: as it is. */
  readonly state: SlotState | null;
}

export interface ProxyOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly backend: string;
  /** Milliseconds until the proxy must have taken in a change. */
  readonly deadlineMs: number;
  /** Hears what a reload of the proxy would lose. */
  readonly log: StateLog;
}

const pollMs = 50;

export function connectProxy({ transport, clock, backend, deadlineMs, log }: ProxyOptions): ProxyControl {
  const ask = async (command: string): Promise<string> => {
    try {
      return await transport.proxy(command, deadlineMs);
    } catch (error) {
      throw unreachable(transport.host, error);
    }
  };
  const keep = stateKeeper({ ask, files: transport.files, backend, log });
  const tell = async (command: string): Promise<void> => {
    acceptAnswer(command, await ask(command));
    await keep();
  };
  const slots = async (): Promise<readonly Slot[]> =>
    parseServersState(await ask(`show servers state ${backend}`));
  // All proxies' servers: by name the command finds a frontend of the same name first, which has none.
  const stats = async (): Promise<readonly ServerStat[]> =>
    parseStat(await ask('show stat -1 4 -1'), backend);
  return {
    slots,
    stats,
    point: (slot, endpoint) => {
      const { address, port } = partsOf(endpoint);
      return tell(`set server ${backend}/${slot} addr ${address} port ${port}`);
    },
    setState: (slot, state) => tell(`set server ${backend}/${slot} state ${state}`),
    change: async (changes) => {
      if (changes.length > 0) await tell(changes.flatMap((each) => commandsFor(each, backend)).join(';'));
    },
    route: (map, routing) => replaceMap(map, routing, ask),
    taken: async (slot, endpoint) => {
      const began = clock.now();
      for (;;) {
        const found = (await slots()).find(({ name }) => name === slot);
        if (found?.state === 'ready' && found.up && found.endpoint === endpoint) return keep();
        if (clock.now() - began >= deadlineMs) {
          const stat = (await stats()).find(({ name }) => name === slot);
          throw refused(
            `${backend}/${slot} ready`,
            `its own check says ${stat?.check || stat?.status || 'nothing'}`,
          );
        }
        await clock.sleep(pollMs);
      }
    },
    keep,
    keepsAddresses: () => refuseForgetful(backend, ask),
  };
}

function commandsFor({ slot, weight, state }: SlotChange, backend: string): readonly string[] {
  const weigh = `set server ${backend}/${slot} weight ${weight}`;
  return state === null ? [weigh] : [weigh, `set server ${backend}/${slot} state ${state}`];
}

function unreachable(host: string, error: unknown): DeployError {
  if (error instanceof DeployError) return error;
  return new DeployError({
    code: 'proxy-unreachable',
    message: `the proxy on ${host} does not answer: ${error instanceof Error ? error.message : String(error)}`,
    hint: 'Set proxy-socket to the path of HAProxy’s "stats socket … level admin" and let this user write to it.',
    cause: error,
  });
}

/** A new version of the map is filled where nobody looks, and put in the place of the old one at once. */
async function replaceMap(
  map: string,
  routing: Routing,
  ask: (command: string) => Promise<string>,
): Promise<void> {
  const command = `prepare map ${map}`;
  const answer = await ask(command);
  const [, version] = /^New version created: (\d+)$/m.exec(answer) ?? [];
  if (version === undefined) throw refused(command, answer);
  const lines = routing.map(({ key, slot }) => `add map @${version} ${map} ${key} ${slot}`);
  const change = [...lines, `commit map @${version} ${map}`].join(';');
  acceptAnswer(change, await ask(change));
}
