// The part of HAProxy's configuration that deployments move services with. It stands by itself: no `defaults`, so nothing
// of it reaches a section of anybody else, and what it relies on it says even where other defaults would hold.
import { ActionError } from './errors.js';
import { stateVariable } from './haproxy-state.js';

export interface ProxiedService {
  readonly backend: string;
  /** Address of a frontend of its own, `:80` or `127.0.0.1:8080`; null: a frontend of somebody else leads to the backend. */
  readonly listen: string | null;
  /** How many instances may be known to the proxy at a time, old and new. */
  readonly slots: number;
  readonly healthPath: string;
  /** Milliseconds. */
  readonly checkInterval: number;
  /** Requests with a certain value of it may go to instances of their own; nothing is decided by it unless said. */
  readonly variant?: Variant;
}

export interface Variant {
  readonly by: 'header' | 'cookie';
  readonly name: string;
  /** Absolute path of a map file, empty and there before the proxy starts. */
  readonly map: string;
}

export interface ProxySection {
  /** Absolute path of the runtime socket. */
  readonly socket: string;
  /** Absolute path of the folder for one state file a backend; who deploys must be able to write into it. */
  readonly stateDirectory: string;
  readonly services: readonly ProxiedService[];
}

/** Old and new set side by side, and one place more for each that is being replaced by hand. */
export function slotsFor(instances: number): number {
  return Math.max(4, 2 * instances + 2);
}

export function stateFile({ stateDirectory }: Pick<ProxySection, 'stateDirectory'>, backend: string): string {
  return `${stateDirectory.replace(/\/+$/, '')}/${backend}.state`;
}

/** @throws {ActionError} `invalid-proxy` for a value that HAProxy could not take as one word */
export function proxySection(section: ProxySection): string {
  return [global(section), ...section.services.map((service) => proxied(service, section))].join('\n');
}

/**
 * Connections are kept when the configuration is loaded anew: the socket hands the listeners on, and a process that is left
 * with long connections ends in the end.
 */
function global(section: ProxySection): string {
  return lines('global', [
    ['stats', 'socket', path(section.socket), 'mode', '660', 'level', 'admin', 'expose-fd', 'listeners'],
    ['hard-stop-after', '15m'],
    ...section.services.map(({ backend }) => [
      'setenv',
      stateVariable(name(backend)),
      path(stateFile(section, backend)),
    ]),
  ]);
}

function proxied(service: ProxiedService, section: ProxySection): string {
  const { listen } = service;
  const frontend = listen === null ? [] : [frontendTo(name(service.backend), listen)];
  return [...frontend, backendOf(service, section)].join('\n');
}

function frontendTo(backend: string, listen: string): string {
  return lines(`frontend ${backend}`, [
    ['mode', 'http'],
    ['bind', address(listen)],
    // Else a reload closes idle connections just as a client sends its next request.
    ['option', 'idle-close-on-response'],
    ['timeout', 'client', '60s'],
    ['timeout', 'http-request', '10s'],
    ['timeout', 'http-keep-alive', '60s'],
    ['default_backend', backend],
  ]);
}

/** What was sent once is never sent again: only a connection that could not be made goes to another instance. */
function backendOf(
  { backend, slots, healthPath, checkInterval, variant }: ProxiedService,
  section: ProxySection,
): string {
  return lines(`backend ${name(backend)}`, [
    ['mode', 'http'],
    ['balance', 'roundrobin'],
    ['option', 'redispatch', '1'],
    ['retries', '2'],
    ['retry-on', 'conn-failure'],
    ['timeout', 'connect', '2s'],
    ['timeout', 'queue', '5s'],
    ['timeout', 'server', '60s'],
    // Refusing is what a dead instance does; one that answers slowly is busy, and all of them are when the machine is.
    ['timeout', 'check', '5s'],
    ['timeout', 'tunnel', '1h'],
    ...(variant === undefined ? [] : variantOf(variant)),
    ['option', 'httpchk', 'GET', requestPath(healthPath)],
    ['load-server-state-from-file', 'local'],
    ['server-state-file-name', path(stateFile(section, backend))],
    // Where it starts: an address by itself is not read back from the file, and one that a name was given for is. The name
    // is nobody's (RFC 2606), and is never asked for.
    ['default-server', 'init-addr', 'last,127.0.0.1'],
    ['default-server', 'inter', `${count(checkInterval, 3_600_000)}ms`, 'fall', '3', 'rise', '1'],
    ['server-template', 'slot', `1-${count(slots, 256)}`, 'slot.invalid:9', 'check', 'disabled'],
  ]);
}

/** The sixteen keys of a value share its requests out evenly: a deployment writes a slot for each of them into the map. */
function variantOf({ by, name: given, map }: Variant): readonly (readonly string[])[] {
  const named = valid('the name', given, /^[A-Za-z0-9_-]{1,64}$/, `a ${by} of letters, digits, "_" and "-"`);
  const value = by === 'header' ? 'req.hdr' : 'req.cook';
  const slot = `var(txn.ab),map(${path(map)})`;
  return [
    ['http-request', 'set-var-fmt(txn.ab)', `${by}:${named}=%[${value}(${named})]/%[rand(16)]`],
    ['use-server', `%[${slot}]`, 'if', '{', slot, '-m', 'found', '}'],
  ];
}

function lines(heading: string, statements: readonly (readonly string[])[]): string {
  return `${[heading, ...statements.map((words) => `  ${words.map(quoted).join(' ')}`)].join('\n')}\n`;
}

/** One word, whatever is in it: between single quotes HAProxy reads nothing but their end. */
function quoted(word: string): string {
  return /^[\w./:=@,+{}()[\]%-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

const name = (text: string): string =>
  valid('a backend', text, /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/, 'letters, digits, ".", "_", ":" and "-"');
/** HAProxy looks for variables and lists even in a quoted address. */
const path = (text: string): string =>
  valid('a path', text, /^\/[A-Za-z0-9._/:+=@-]{1,400}$/, 'an absolute path of letters, digits and ._/:+=@-');
const requestPath = (text: string): string =>
  valid('the health path', text, /^\/[\x21-\x7e]{0,400}$/, 'a path beginning with /, without blanks');
const address = (text: string): string =>
  valid('the address', text, /^(?:[A-Za-z0-9.*-]{0,253}|\[[0-9A-Fa-f:.]{2,45}\]):\d{1,5}$/, '[HOST]:PORT');

function count(number: number, most: number): number {
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw invalid('a number', String(number), `a whole number from 1 to ${most}`);
}

function valid(what: string, text: string, pattern: RegExp, wanted: string): string {
  if (pattern.test(text)) return text;
  throw invalid(what, text, wanted);
}

function invalid(what: string, text: string, wanted: string): ActionError<'invalid-proxy'> {
  return new ActionError({
    code: 'invalid-proxy',
    message: `${what} of the proxy: ${wanted} was expected, ${JSON.stringify(text)} was found`,
    hint: 'Correct the value in headgate.yml, or the option that gives it.',
  });
}
