// The compose keys with a shape of their own: health check, volumes, tmpfs, restart.
import type { Node } from './compose-document.js';
import { readDuration, readList, readNumber } from './compose-values.js';
import type { RestartPolicy } from './engine.js';
import type { HealthCheck, Mount, ServiceVolume } from './service.js';

const healthKeys: readonly string[] = [
  'test',
  'interval',
  'timeout',
  'retries',
  'start_period',
  'start_interval',
  'disable',
];

/** Null when the service declares none: the image's own counts. */
export function readHealthCheck(node: Node): HealthCheck | null {
  if (node.value === undefined || node.value === null) return null;
  for (const key of node.children()) {
    if (!healthKeys.includes(key.key)) {
      throw key.fault(
        'is not supported yet',
        `Supported are ${healthKeys.join(', ')}.`,
        'unsupported-compose',
      );
    }
  }
  const disabled = node.at('disable').text() === 'true';
  const startInterval = nanoseconds(node.at('start_interval'));
  return {
    test: disabled ? ['NONE'] : readTest(node.at('test')),
    interval: nanoseconds(node.at('interval')),
    timeout: nanoseconds(node.at('timeout')),
    startPeriod: nanoseconds(node.at('start_period')),
    retries: readNumber(node.at('retries'), 0),
    ...(startInterval === 0 ? {} : { startInterval }),
  };
}

function readTest(node: Node): readonly string[] {
  if (!Array.isArray(node.value)) {
    const line = node.text();
    return line === null ? [] : ['CMD-SHELL', line];
  }
  const test = readList(node);
  if (['CMD', 'CMD-SHELL', 'NONE'].includes(test[0] ?? '')) return test;
  throw node.fault(`begins with ${test[0] ?? 'nothing'}`, 'Begin the list with CMD, CMD-SHELL or NONE.');
}

function nanoseconds(node: Node): number {
  return Math.round((readDuration(node) ?? 0) * 1e6);
}

export interface VolumeContext {
  readonly project: string;
  /** The file's top-level `volumes`. */
  readonly declared: Node;
}

export interface Mounts {
  readonly mounts: readonly Mount[];
  /** The named ones, each once. */
  readonly volumes: readonly ServiceVolume[];
}

/** `NAME:/path[:ro]` of a declared volume, or `/host/path:/path[:ro]`. */
export function readMounts(node: Node, context: VolumeContext): Mounts {
  const found = node.children().map((item) => readMount(item, context));
  const named = found.flatMap(({ volume }) => volume ?? []);
  const volumes = named.filter((volume, index) => {
    return named.findIndex(({ name }) => name === volume.name) === index;
  });
  return { mounts: found.map(({ mount }) => mount), volumes };
}

interface FoundMount {
  readonly mount: Mount;
  readonly volume: ServiceVolume | null;
}

function readMount(item: Node, context: VolumeContext): FoundMount {
  if (typeof item.value === 'object') {
    throw item.fault(
      'has the long form',
      'Write it as SOURCE:/path or SOURCE:/path:ro.',
      'unsupported-compose',
    );
  }
  const [source = '', target = '', mode = 'rw', ...rest] = (item.text() ?? '').split(':');
  const wellFormed = target.startsWith('/') && rest.length === 0 && (mode === 'rw' || mode === 'ro');
  if (!wellFormed)
    throw item.fault('is not SOURCE:/path[:ro]', 'Write a volume’s name or an absolute path first.');
  const readOnly = mode === 'ro';
  if (source.startsWith('/')) return { mount: { type: 'bind', source, target, readOnly }, volume: null };
  if (/^[.~]/.test(source)) {
    const problem = `${source} is relative: the host of the service need not have the compose file’s folder`;
    throw item.fault(problem, 'Use a named volume or an absolute path of the host.', 'unsupported-compose');
  }
  const volume = volumeOf(source, item, context);
  return { mount: { type: 'volume', source: volume.name, target, readOnly }, volume };
}

function volumeOf(key: string, item: Node, { project, declared }: VolumeContext): ServiceVolume {
  const volume = declared.at(key);
  if (volume.value === undefined)
    throw item.fault(`volume ${key} is not declared`, `Add ${key} under volumes.`);
  const driver = volume
    .children()
    .find(({ key: member }) => !['external', 'name', 'labels'].includes(member));
  if (driver !== undefined && !(driver.key === 'driver' && driver.text() === 'local')) {
    const hint =
      'Supported are name, external and labels; make any other volume yourself, and name it as external.';
    throw driver.fault('is not supported yet', hint, 'unsupported-compose');
  }
  const external = volume.at('external').text() === 'true';
  return { key, external, name: volume.at('name').text() ?? (external ? key : `${project}_${key}`) };
}

/** `/path` or `/path:options`. */
export function readTemporaryFolders(node: Node): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readList(node).map((entry) => {
      const at = entry.indexOf(':');
      return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
}

/** `unless-stopped` when absent: a service that dies at night comes back. */
export function readRestart(node: Node): RestartPolicy {
  const text = node.text() ?? 'unless-stopped';
  const [, name, retries = '0'] = /^(no|always|unless-stopped|on-failure)(?::(\d{1,4}))?$/.exec(text) ?? [];
  const known = (['no', 'always', 'unless-stopped', 'on-failure'] as const).find((policy) => policy === name);
  if (known !== undefined) return { name: known, maximumRetries: Number(retries) };
  throw node.fault(`is ${text}`, 'Write "no", always, unless-stopped or on-failure[:N].');
}
