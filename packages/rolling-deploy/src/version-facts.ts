// What makes one version of a service different from another, in words that hold no value of its environment; pure.
import { canonicalJson, hmac } from '@headgate/kit/digest';
import { record, text } from './engine-answers.js';
import { filesIn } from './file-digests.js';
import { labelNames } from './identity.js';

/** Name of a fact → its value as text: what is not there is as the image says, or the engine's own default. */
export type Facts = ReadonlyMap<string, string>;

export interface Difference {
  /** `image`, `command`, `environment LOG_LEVEL`, `volume /data` … */
  readonly what: string;
  /** Null when there is none. */
  readonly from: string | null;
  readonly to: string | null;
}

type Body = Readonly<Record<string, unknown>>;

export interface Cover {
  /** Of the digests that stand for the environment's values: equal values have equal digests under one key only. */
  readonly key: string;
  /** Cuts secrets out of all other text, into which a compose file may have put them. */
  readonly redact: (text: string) => string;
}

/**
 * @param body of `POST /containers/create`, or what an existing container was made from
 * @param defaults the image's own configuration: what is the same as there is no fact
 */
export function factsOf(body: Body, defaults: Body, { key, redact }: Cover): Facts {
  const shown = (value: unknown): string => written(redacted(value, redact));
  const host = record(body['HostConfig']);
  const facts = new Map<string, string>();
  const add = (name: string, value: string): void => {
    if (value !== '' && value !== '0' && value !== '[]' && value !== '{}') facts.set(name, value);
  };
  for (const [name, member] of ownMembers) {
    const value = shown(body[member]);
    add(name, value === shown(defaults[member]) ? '' : value);
  }
  const known = new Set(listOf(defaults['Env']));
  for (const pair of listOf(body['Env']).filter((item) => !known.has(item))) {
    const [name = ''] = pair.split('=', 1);
    add(
      `environment ${name}`,
      `digest ${hmac(key, pair)
        .replace(/^sha256:/, '')
        .slice(0, 12)}`,
    );
  }
  for (const [path, digest] of filesIn(body['Labels']))
    add(redact(`file ${path}`), `digest ${redact(digest)}`);
  for (const mount of mountsOf(host)) {
    const mode = mount['ReadOnly'] === true ? ', read-only' : '';
    const source = `${text(mount['Type'])} ${text(mount['Source'])}`;
    add(redact(`volume ${text(mount['Target'])}`), redact(`${source}${mode}`));
  }
  for (const [name, member] of hostMembers) add(name, shown(host[member]));
  add('processor set', redact(processorsOf(host)));
  add('restart', restartOf(host));
  for (const port of Object.keys(record(host['PortBindings']))) add(`port ${port}`, 'on the host’s loopback');
  const reached = text(record(body['Labels'])[labelNames.port]);
  if (reached !== '') add(`port ${reached}/tcp`, 'at an address in the proxy’s network');
  return facts;
}

function mountsOf(host: Body): readonly Body[] {
  return Array.isArray(host['Mounts']) ? host['Mounts'].map(record) : [];
}

function processorsOf(host: Body): string {
  const set = text(host['CpusetCpus']);
  // `0` is the first one, not none.
  return set === '' ? '' : `processors ${set}`;
}

function restartOf(host: Body): string {
  const { Name: policy, MaximumRetryCount: retries } = record(host['RestartPolicy']);
  if (policy === 'no') return '';
  return Number(retries) > 0 ? `${text(policy)}, ${Number(retries)} times` : text(policy);
}

/** By name; what both have with the same value is none. */
export function differences(from: Facts, to: Facts): readonly Difference[] {
  const names = [...new Set([...from.keys(), ...to.keys()])];
  return names
    .map((what) => ({ what, from: from.get(what) ?? null, to: to.get(what) ?? null }))
    .filter((difference) => difference.from !== difference.to)
    .filter(({ what, to }) => to !== null || !filledIn.has(what));
}

/** Where nothing was asked for, an engine tells a value of its own: that it is not asked for any more cannot be seen. */
const filledIn: ReadonlySet<string> = new Set(['logging', 'shared memory', 'memory with swap', 'host name']);

const ownMembers = [
  ['command', 'Cmd'],
  ['entrypoint', 'Entrypoint'],
  ['user', 'User'],
  ['working directory', 'WorkingDir'],
  ['stop signal', 'StopSignal'],
  ['stop grace', 'StopTimeout'],
  ['health check', 'Healthcheck'],
  ['host name', 'Hostname'],
  ['domain name', 'Domainname'],
] as const;

const hostMembers = [
  ['memory', 'Memory'],
  ['processors', 'NanoCpus'],
  ['temporary folders', 'Tmpfs'],
  ['added capabilities', 'CapAdd'],
  ['dropped capabilities', 'CapDrop'],
  ['security options', 'SecurityOpt'],
  ['init', 'Init'],
  ['read-only', 'ReadonlyRootfs'],
  ['logging', 'LogConfig'],
  ['limits of processes', 'Ulimits'],
  ['number of processes', 'PidsLimit'],
  ['shared memory', 'ShmSize'],
  ['memory reservation', 'MemoryReservation'],
  ['memory with swap', 'MemorySwap'],
  ['processor shares', 'CpuShares'],
  ['further hosts', 'ExtraHosts'],
  ['name servers', 'Dns'],
  ['name search', 'DnsSearch'],
  ['name options', 'DnsOptions'],
  ['further groups', 'GroupAdd'],
  ['kernel settings', 'Sysctls'],
] as const;

/** Before anything is quoted: quoting would hide a secret from whoever looks for it. */
function redacted(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => redacted(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [redact(name), redacted(member, redact)]),
  );
}

function written(value: unknown): string {
  if (value === undefined || value === null || value === false) return '';
  if (typeof value === 'string') return value;
  return canonicalJson(Array.isArray(value) ? value : told(record(value), value));
}

/** An engine leaves out what is nothing, and what we send says it. */
function told(members: Body, value: unknown): unknown {
  if (typeof value !== 'object') return value;
  const kept = Object.entries(members).filter(
    ([, member]) => member !== 0 && member !== '' && member !== null,
  );
  return Object.fromEntries(kept);
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(text) : [];
}
