// The inputs of rolling-deploy that say where a target is; none for a target on the machine that deploys.
import { remoteEngine, remoteSocket } from '@headgate/kit/engine-address';
import type { Settings } from './decision.js';
import { failure } from './failures.js';
import type { References } from './references.js';
import type { TargetConfiguration, Value } from './schema.js';
import { checked, type Place, places } from './target-forms.js';

type Placed = Pick<TargetConfiguration, 'ssh' | 'hosts' | 'wave' | 'on-failure' | 'on-cancel'>;
type Host = NonNullable<TargetConfiguration['hosts']>[number];
type Ssh = NonNullable<TargetConfiguration['ssh']>;
type Path = readonly (string | number)[];

const address: Place = {
  keys: ['host'],
  pattern:
    /^[A-Za-z_][A-Za-z0-9._-]{0,63}@(?:[A-Za-z0-9][A-Za-z0-9.-]{0,252}|\[[0-9A-Fa-f:.]{2,45}\])(?::(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5]))?$/,
  wanted: 'user@host or user@host:port',
};

/** Of targets and previews alike. @throws {ActionError} `invalid-target` */
export function hostSettings(target: Placed, path: Path, references: References): Settings {
  const { hosts, wave, 'on-failure': onFailure, 'on-cancel': onCancel } = target;
  return {
    ...sshSettings(target.ssh, [...path, 'ssh'], references),
    ...(hosts === undefined
      ? {}
      : { hosts: hosts.map((host, index) => one(host, [...path, 'hosts', index], references)) }),
    ...(wave === undefined ? {} : { wave }),
    ...(onFailure === undefined ? {} : { 'on-failure': onFailure }),
    ...(onCancel === undefined ? {} : { 'on-cancel': onCancel }),
  };
}

function one(host: Host, path: Path, references: References): Settings {
  const { name, transport, ssh, engine, proxy } = host;
  const resolve = (value: Value | undefined, place: Place): string | null =>
    resolveTo(value, place, { path, references });
  return withoutNull({
    name,
    transport: transport ?? null,
    ...sshSettings(ssh, [...path, 'ssh'], references),
    engine: resolve(engine, places.engine),
    'proxy-socket': resolve(proxy?.socket, places.socket),
    'proxy-backend': resolve(proxy?.backend, places.backend),
  });
}

function sshSettings(ssh: Ssh | undefined, path: Path, references: References): Settings {
  if (ssh === undefined) return {};
  const knownHosts = ssh['known-hosts'];
  return withoutNull({
    'ssh-host': resolveTo(ssh.host, address, { path, references }),
    'ssh-known-hosts':
      knownHosts === undefined ? null : references.resolve(knownHosts, [...path, 'known-hosts']),
    'ssh-key': ssh.key?.secret ?? null,
  });
}

interface Where {
  readonly path: Path;
  readonly references: References;
}

/** Null for what was not written, and for a missing variable, which is reported with all others. */
function resolveTo(value: Value | undefined, place: Place, { path, references }: Where): string | null {
  if (value === undefined) return null;
  const at = [...path, ...place.keys];
  const text = references.resolve(value, at);
  return text === null ? null : checked(at.join('.'), text, place);
}

function withoutNull(settings: Readonly<Record<string, string | null>> | Settings): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null));
}

/** What ssh carries to another machine must be plain. @throws {ActionError} `invalid-target` */
export function checkRemote(settings: Settings, path: Path): void {
  const hosts = Array.isArray(settings['hosts']) ? settings['hosts'] : [{}];
  for (const host of hosts) {
    const own = typeof host === 'object' ? host : {};
    const merged: Readonly<Record<string, unknown>> = { ...settings, ...own };
    const transport = 'transport' in own || !('ssh-host' in own) ? merged['transport'] : 'ssh';
    if (transport !== 'ssh') continue;
    for (const [key, pattern] of remote) {
      const text = merged[key];
      // A worker and a preview stand behind no proxy.
      if (typeof text === 'string' && !pattern.test(text))
        throw failure(
          'invalid-target',
          `${path.join('.')}: ${key}: a path of letters, digits and ._/+@=,- was expected for a host by ssh, ${JSON.stringify(text)} was found`,
          'Correct the value, or the variable that it names.',
        );
    }
  }
}

const remote = [
  ['engine', remoteEngine],
  ['proxy-socket', remoteSocket],
] as const;
