// Where a target is: one host or several, each on this machine or by ssh; judged without asking anybody.
import { InputError } from '@headgate/kit/errors';
import { nearestName } from '@headgate/kit/nearest-name';
import type { SecretMap } from '@headgate/kit/secrets';
import { hostForms, remoteForms } from './host-forms.js';
import { matching, name, type Reader } from './input-forms.js';
import { readAccess, type SshAccess } from './ssh-access.js';
import { showAddress } from './ssh-address.js';

/** One host, and where engine, proxy and locks are on it. */
export interface HostPlace {
  /** For people, and unlike any other of the target. */
  readonly name: string;
  /** Null: the machine that the step runs on. */
  readonly ssh: SshAccess | null;
  /** '' : DOCKER_HOST of this machine, else the system's socket. */
  readonly engine: string;
  readonly proxySocket: string;
  readonly proxyBackend: string;
  readonly lockDirectory: string;
}

export type Hosts = readonly [HostPlace, ...HostPlace[]];

const transports = ['local', 'ssh'] as const;
const members = [
  'transport',
  'ssh-host',
  'ssh-known-hosts',
  'ssh-key',
  'engine',
  'proxy-socket',
  'proxy-backend',
  'lock-directory',
] as const;
type Member = (typeof members)[number];
/** A member of one host, as text. */
type Get = (member: Member) => string;

const mostHosts = 64;

/** At least one; named `target` when it is the only one. @throws {InputError} naming the input */
export function readHosts(reader: Reader, target: string, secrets: SecretMap): Hosts {
  reader.choice('transport', transports);
  const listed = reader.yaml('hosts');
  if (listed === undefined || listed === null || listed === '') {
    for (const [member, form, wanted] of hostForms) matching(reader, member, form, wanted);
    return [placeOf(target, (member) => reader.text(member), { prefix: '', secrets })];
  }
  if (!Array.isArray(listed) || listed.length === 0 || listed.length > mostHosts)
    throw wrong(`a list of 1 to ${mostHosts} hosts was expected`);
  if (reader.text('ssh-host') !== '')
    throw wrong('ssh-host was given as well', 'Write every host into hosts, or leave hosts out.');
  const places = listed.map((item: unknown, index) => readHost(item, index, { reader, secrets }));
  const twice = places.find(({ name: own }, index) => places.findIndex((one) => one.name === own) !== index);
  if (twice !== undefined) throw wrong(`${twice.name} stands twice`, 'Give each host a name of its own.');
  const same = places.find(
    (place, index) => places.findIndex((one) => whereIs(one) === whereIs(place)) !== index,
  );
  if (same !== undefined) throw wrong(`${same.name} is the same place as another one`, 'Leave it out.');
  const [first, ...others] = places;
  if (first === undefined) throw wrong('it names no host');
  return [first, ...others];
}

/** Two of them would be changed at the same time under one lock. */
function whereIs({ ssh, engine, proxySocket, proxyBackend }: HostPlace): string {
  const host = ssh === null ? '' : `${showAddress(ssh.address)}`;
  return JSON.stringify([host, engine, proxySocket, proxyBackend]);
}

interface Sources {
  readonly reader: Reader;
  readonly secrets: SecretMap;
}

/** A text is `user@host`; a map has a name and what differs from the inputs. */
function readHost(item: unknown, index: number, { reader, secrets }: Sources): HostPlace {
  const map = typeof item === 'string' ? { 'ssh-host': item } : item;
  if (typeof map !== 'object' || map === null || Array.isArray(map))
    throw wrong(`hosts[${index}]: user@host or a map was expected`);
  const given = new Map<string, unknown>(Object.entries(map));
  for (const [key, value] of given) checkMember(index, key, value);
  const text = (member: string): string | undefined => {
    const value = given.get(member);
    return value === undefined || value === null ? undefined : String(value);
  };
  const get: Get = (member) => {
    if (member === 'transport')
      return text('transport') ?? (given.has('ssh-host') ? 'ssh' : reader.text(member));
    return text(member) ?? reader.text(member);
  };
  const own = text('name') ?? (text('ssh-host') ?? '').replace(/^[^@]*@/, '').replace(/:\d+$/, '');
  if (name.test(own)) return placeOf(own, get, { prefix: `hosts[${index}]: `, secrets });
  throw wrong(`hosts[${index}]: name: letters, digits, ., _ and - were expected, ${shown(own)} was found`);
}

function checkMember(index: number, key: string, value: unknown): void {
  const known: readonly string[] = ['name', ...members];
  if (!known.includes(key)) {
    const near = nearestName(key, known);
    throw wrong(`hosts[${index}] has no member ${shown(key)}`, `Write ${near ?? known.join(', ')}.`);
  }
  if (value !== null && typeof value === 'object')
    throw wrong(`hosts[${index}]: ${key}: a text was expected`);
}

function placeOf(
  own: string,
  get: Get,
  { prefix, secrets }: { readonly prefix: string; readonly secrets: SecretMap },
): HostPlace {
  const transport = transports.find((one) => one === get('transport'));
  if (transport === undefined)
    throw new InputError('transport', `${prefix}${shown(get('transport'))} is none`, 'Write local or ssh.');
  for (const [member, form, wanted] of transport === 'ssh' ? [...hostForms, ...remoteForms] : hostForms)
    if (!form.test(get(member)))
      throw malformed(member, `${prefix}${wanted} was expected, ${shown(get(member))} was found`);
  const parts = {
    host: get('ssh-host'),
    knownHosts: get('ssh-known-hosts'),
    keyName: get('ssh-key'),
    names: { host: 'ssh-host', knownHosts: 'ssh-known-hosts' },
  };
  return {
    name: own,
    ssh: transport === 'ssh' ? readAccess(parts, secrets) : null,
    engine: get('engine'),
    proxySocket: get('proxy-socket'),
    proxyBackend: get('proxy-backend'),
    lockDirectory: get('lock-directory'),
  };
}

function shown(value: string): string {
  return JSON.stringify(value.slice(0, 80));
}

function malformed(input: string, problem: string): InputError {
  return new InputError(input, problem, `Correct ${input} of this host.`);
}

function wrong(
  problem: string,
  hint = 'Write for example hosts: [deploy@a.example.com, deploy@b.example.com].',
): InputError {
  return new InputError('hosts', problem, hint);
}
