// The services of a compose file that matter to a delivery: built here or named after an image, and where they listen.
import { parseYaml } from '@headgate/kit/yaml';
import { healthPathIn, readPort } from './dockerfile.js';

export interface ComposeService {
  readonly name: string;
  /** As written; null where the service is only built. */
  readonly image: string | null;
  /** Paths as the compose file has them: seen from its folder, and the Dockerfile from the context. */
  readonly build: {
    readonly context: string;
    readonly dockerfile: string;
    readonly target: string | null;
  } | null;
  readonly port: number | null;
  /** It does not run what the image says. */
  readonly hasOwnCommand: boolean;
  readonly healthPath: string | null;
  readonly replicas: number | null;
  /** Keys that keep two instances from running side by side. */
  readonly fixed: readonly string[];
  /** Other keys that a roll-out may not take. */
  readonly uncommon: readonly string[];
  /** True: folders of the repository lie over what is in the image. */
  readonly mountsSources: boolean;
  /** Variables without a default that it is filled in with. */
  readonly variables: readonly string[];
}

export interface ComposeFile {
  readonly services: readonly ComposeService[];
  /** Variables in the project's name: with one, environments can share a host. */
  readonly nameVariables: readonly string[];
}

/** Null where the text is no compose file. */
export function readCompose(text: string): ComposeFile | null {
  let value: unknown;
  try {
    value = parseYaml(text, { source: 'compose file' });
  } catch {
    return null;
  }
  const services = memberOf(value, 'services');
  if (!isMapping(services)) return null;
  const named = Object.entries(services).filter(([key, service]) => key !== '' && isMapping(service));
  const name = memberOf(value, 'name');
  return {
    services: named.map(([key, service]) => readService(key, service)),
    nameVariables: typeof name === 'string' ? variablesIn(name, false) : [],
  };
}

const fixedKeys = ['ports', 'container_name', 'network_mode'];
/** What every roll-out takes; the README of rolling-deploy has the whole list. */
const commonKeys = [
  ...['image', 'build', 'command', 'entrypoint', 'environment', 'env_file', 'labels', 'user', 'working_dir'],
  ...[
    'expose',
    'stop_signal',
    'stop_grace_period',
    'healthcheck',
    'init',
    'read_only',
    'tmpfs',
    'volumes',
    'restart',
  ],
  ...['mem_limit', 'cpus', 'pids_limit', 'shm_size', 'ulimits', 'sysctls', 'logging', 'profiles'],
  ...['cap_add', 'cap_drop', 'security_opt', 'group_add', 'hostname', 'extra_hosts', 'dns'],
];

function volumeSource(volume: unknown): string {
  return typeof volume === 'string' ? volume : (textOf(volume, 'source') ?? '');
}

function readService(name: string, service: unknown): ComposeService {
  const keys = isMapping(service) ? Object.keys(service) : [];
  return {
    name,
    image: textOf(service, 'image'),
    build: readBuild(memberOf(service, 'build')),
    port: portOf(service),
    hasOwnCommand: keys.includes('command') || keys.includes('entrypoint'),
    healthPath: healthPathOf(memberOf(service, 'healthcheck')),
    replicas: readReplicas(memberOf(memberOf(service, 'deploy'), 'replicas')),
    fixed: keys.filter((key) => fixedKeys.includes(key)),
    uncommon: keys.filter(
      (key) => !fixedKeys.includes(key) && !commonKeys.includes(key) && !key.startsWith('x-'),
    ),
    mountsSources: listOf(service, 'volumes').some((volume) => /^\.{1,2}\//.test(volumeSource(volume))),
    variables: [...new Set(textsIn(withoutBuild(service)).flatMap((text) => variablesIn(text, true)))],
  };
}

/** As many as headgate.yml takes. */
function readReplicas(replicas: unknown): number | null {
  if (typeof replicas !== 'number' || !Number.isInteger(replicas) || replicas < 1) return null;
  return Math.min(replicas, 64);
}

/** The image is replaced and the build is not used when the service is deployed. */
function withoutBuild(service: unknown): unknown {
  if (!isMapping(service)) return null;
  const { build: _built, image: _replaced, ...rest } = service;
  return rest;
}

function readBuild(build: unknown): ComposeService['build'] {
  if (typeof build === 'string') return { context: build, dockerfile: 'Dockerfile', target: null };
  if (!isMapping(build)) return null;
  return {
    context: textOf(build, 'context') ?? '.',
    dockerfile: textOf(build, 'dockerfile') ?? 'Dockerfile',
    target: textOf(build, 'target'),
  };
}

/** What the service says it listens on: `expose`, the container's side of `ports`, or the variable PORT. */
function portOf(service: unknown): number | null {
  const exposed = listOf(service, 'expose').map((port) => readPort(/^(\d+)/.exec(String(port))?.[1]));
  const published = listOf(service, 'ports').map(containerPort);
  const environment = memberOf(service, 'environment');
  const listed = Array.isArray(environment)
    ? environment.map((pair) => /^PORT=(\d+)$/.exec(String(pair))?.[1]).find((port) => port !== undefined)
    : String(memberOf(environment, 'PORT') ?? '');
  return [...exposed, ...published, readPort(listed)].find((port) => port !== null) ?? null;
}

/** `8080:80`, `127.0.0.1:8080:80/tcp`, `80`, `{target: 80}`. */
function containerPort(port: unknown): number | null {
  if (isMapping(port)) return readPort(String(port['target'] ?? ''));
  if (typeof port !== 'string' && typeof port !== 'number') return null;
  return readPort(/(?:^|:)(\d{1,5})(?:\/tcp)?$/.exec(String(port))?.[1]);
}

function healthPathOf(check: unknown): string | null {
  const test = memberOf(check, 'test');
  if (typeof test === 'string') return healthPathIn(test);
  return Array.isArray(test) ? healthPathIn(test.map(String).join(' ')) : null;
}

/** The length is bounded, or a text of nothing but beginnings would be searched for its end again and again. */
const reference = /\$\$|\$\{([A-Za-z_]\w{0,99})([^}]{0,300})\}|\$([A-Za-z_]\w{0,99})/g;

/** Names of the variables in a text. @param needed only those without a default */
function variablesIn(text: string, needed: boolean): readonly string[] {
  return [...text.matchAll(reference)].flatMap(([, braced, rest = '', bare]) => {
    const name = braced ?? bare;
    return name === undefined || (needed && /^:?[-+]/.test(rest)) ? [] : [name];
  });
}

/** Every text inside a value; at most a thousand. */
function textsIn(value: unknown): readonly string[] {
  const texts: string[] = [];
  const waiting: unknown[] = [value];
  while (waiting.length > 0 && texts.length < 1000) {
    const item = waiting.pop();
    if (typeof item === 'string') texts.push(item);
    else if (typeof item === 'object' && item !== null) waiting.push(...Object.values(item));
  }
  return texts.reverse();
}

type Mapping = Readonly<Record<string, unknown>>;

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function memberOf(value: unknown, key: string): unknown {
  return isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function textOf(value: unknown, key: string): string | null {
  const text = memberOf(value, key);
  return typeof text === 'string' && text !== '' ? text : null;
}

function listOf(value: unknown, key: string): readonly unknown[] {
  const list = memberOf(value, key);
  return Array.isArray(list) ? list : [];
}
