// HAProxy over its runtime socket: slots are given an address, made ready, drained and put in maintenance.
import type { Clock } from '@headgate/kit/clock';
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
import type { Transport } from './transport.js';

export interface ProxyControl {
  slots(): Promise<readonly Slot[]>;
  stats(): Promise<readonly ServerStat[]>;
  /** Leads the slot to a loopback port of the host; only a slot in maintenance is ever moved. */
  point(slot: string, port: number): Promise<void>;
  setState(slot: string, state: SlotState): Promise<void>;
  /** Returns when the proxy would send requests to this port through the slot. @throws {DeployError} proxy-refused */
  taken(slot: string, port: number): Promise<void>;
}

export interface ProxyOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly backend: string;
  /** Milliseconds until the proxy must have taken in a change. */
  readonly deadlineMs: number;
}

const pollMs = 50;

export function connectProxy({ transport, clock, backend, deadlineMs }: ProxyOptions): ProxyControl {
  const ask = async (command: string): Promise<string> => {
    try {
      return await transport.proxy(command, deadlineMs);
    } catch (error) {
      throw new DeployError({
        code: 'proxy-unreachable',
        message: `the proxy on ${transport.host} does not answer: ${error instanceof Error ? error.message : String(error)}`,
        hint: 'Set proxy-socket to the path of HAProxy’s "stats socket … level admin" and let this user write to it.',
        cause: error,
      });
    }
  };
  const tell = async (command: string): Promise<void> => acceptAnswer(command, await ask(command));
  const slots = async (): Promise<readonly Slot[]> =>
    parseServersState(await ask(`show servers state ${backend}`));
  // All proxies' servers: by name the command finds a frontend of the same name first, which has none.
  const stats = async (): Promise<readonly ServerStat[]> =>
    parseStat(await ask('show stat -1 4 -1'), backend);
  return {
    slots,
    stats,
    point: (slot, port) => tell(`set server ${backend}/${slot} addr 127.0.0.1 port ${port}`),
    setState: (slot, state) => tell(`set server ${backend}/${slot} state ${state}`),
    taken: async (slot, port) => {
      const began = clock.now();
      for (;;) {
        const found = (await slots()).find(({ name }) => name === slot);
        if (found?.state === 'ready' && found.up && found.port === port) return;
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
  };
}
