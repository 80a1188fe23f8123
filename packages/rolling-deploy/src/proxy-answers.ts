// Reads what HAProxy's runtime socket answers; pure. Formats: HAProxy management guide 2.6, "show servers state", "show stat".
import type { Endpoint } from './endpoint.js';
import { DeployError } from './errors.js';
import type { Counters } from './target.js';

export type SlotState = 'ready' | 'drain' | 'maint';

/** One server of the backend: a place that an instance can take. */
export interface Slot {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly state: SlotState;
  /** 0 to 256: its part of new requests in relation to the others'. */
  readonly weight: number;
  /** The proxy's own opinion: it would send requests there. */
  readonly up: boolean;
}

/** Bits of srv_admin_state: forced, inherited, resolver and host name maintenance; 0x04 only says "so in the file". */
const maintenanceBits = 0x01 | 0x02 | 0x20 | 0x40;
const drainBits = 0x08 | 0x10;
const running = 2;

/** Parses `show servers state BACKEND`. @throws {DeployError} proxy-refused */
export function parseServersState(answer: string): readonly Slot[] {
  return serverRows(answer).map((cell) => {
    const admin = Number(cell('srv_admin_state'));
    return {
      name: cell('srv_name'),
      endpoint: `${cell('srv_addr')}:${cell('srv_port')}`,
      state: stateOf(admin),
      weight: Number(cell('srv_uweight')),
      up: Number(cell('srv_op_state')) === running,
    };
  });
}

/** Whether the configuration gives all of them a host name. */
export function hasNamedSlots(answer: string): boolean {
  return serverRows(answer).every((cell) => !['', '-'].includes(cell('srv_fqdn')));
}

function serverRows(answer: string): readonly ((name: string) => string)[] {
  const [version, header, ...rows] = lines(answer);
  if (version !== '1' || header === undefined || !header.startsWith('# '))
    throw refused('show servers state', answer);
  const names = header.slice(2).split(' ');
  return rows.map((row) => {
    const cells = row.split(' ');
    return (name) => cells[names.indexOf(name)] ?? '';
  });
}

export interface ServerStat extends Counters {
  readonly name: string;
  /** `UP`, `DOWN`, `MAINT`, `DRAIN`, `no check` … */
  readonly status: string;
  /** The last check's result and text, '' without checks. */
  readonly check: string;
}

/** Parses the CSV of `show stat -1 4 -1`, one backend's rows. @throws {DeployError} proxy-refused */
export function parseStat(answer: string, backend: string): readonly ServerStat[] {
  const [header, ...rows] = lines(answer);
  if (header === undefined || !header.startsWith('# pxname,')) throw refused('show stat', answer);
  const names = header.slice(2).split(',');
  const table = rows.map((row) => {
    const cells = splitCsv(row);
    return (name: string): string => cells[names.indexOf(name)] ?? '';
  });
  return table.filter((cell) => cell('pxname') === backend).map(serverStat);
}

function serverStat(cell: (name: string) => string): ServerStat {
  const count = (name: string): number => Number(cell(name) || '0');
  const answers = ['hrsp_1xx', 'hrsp_2xx', 'hrsp_3xx', 'hrsp_4xx', 'hrsp_5xx', 'hrsp_other'];
  return {
    name: cell('svname'),
    status: cell('status'),
    check: [cell('check_status'), cell('last_chk')].filter((text) => text !== '').join(' '),
    responses: answers.reduce((sum, name) => sum + count(name), 0),
    errors: count('hrsp_5xx') + count('econ') + count('eresp'),
    sessions: count('scur'),
    averageMs: count('rtime'),
  };
}

/** What `set server` answers when it did as told: nothing, or one sentence about the address. */
export function acceptAnswer(command: string, answer: string): void {
  const text = answer.trim();
  if (text === '' || /^(IP changed|port changed|no need to change|nothing changed)/i.test(text)) return;
  throw refused(command, answer);
}

export function refused(command: string, answer: string): DeployError {
  const text = answer.trim().split('\n')[0]?.slice(0, 200) ?? '';
  return new DeployError({
    code: 'proxy-refused',
    message: `the proxy refused "${command}": ${text || 'an empty answer'}`,
    hint: hintFor(text),
  });
}

function hintFor(text: string): string {
  if (/permission denied/i.test(text)) return 'Give the socket "level admin" in the proxy’s global section.';
  if (/no such backend|can't find backend/i.test(text))
    return 'Set proxy-backend to a backend of the proxy’s configuration.';
  if (/unknown map/i.test(text))
    return 'Give the backend the lines for A/B of the README, with this map file, and reload the proxy.';
  return 'Check proxy-backend and that it has slots from "server-template".';
}

function stateOf(admin: number): SlotState {
  if ((admin & maintenanceBits) !== 0) return 'maint';
  return (admin & drainBits) !== 0 ? 'drain' : 'ready';
}

function lines(answer: string): string[] {
  return answer
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}

function splitCsv(row: string): string[] {
  return [...row.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell = '']) =>
    cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell,
  );
}
