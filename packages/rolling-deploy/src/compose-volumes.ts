// What a service keeps its files in: volumes, folders of the host, folders in memory.
import type { Node } from './compose-document.js';
import { refuseOthers } from './compose-members.js';
import { readBoolean, readList } from './compose-values.js';
import type { Mount, ServiceVolume } from './service.js';

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

/** `NAME:/path[:ro]` of a declared volume, or `/host/path:/path[:ro]`; or the same in the long form. */
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
  const { source, target, readOnly, isBind } =
    typeof item.value === 'object' ? longForm(item) : shortForm(item);
  if (isBind) return { mount: { type: 'bind', source, target, readOnly }, volume: null };
  const volume = volumeOf(source, item, context);
  return { mount: { type: 'volume', source: volume.name, target, readOnly }, volume };
}

interface WrittenMount {
  /** A volume's key, or an absolute path of the host. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly isBind: boolean;
}

function shortForm(item: Node): WrittenMount {
  const [source = '', target = '', mode = 'rw', ...rest] = (item.text() ?? '').split(':');
  const wellFormed = target.startsWith('/') && rest.length === 0 && (mode === 'rw' || mode === 'ro');
  if (!wellFormed)
    throw item.fault('is not SOURCE:/path[:ro]', 'Write a volume’s name or an absolute path first.');
  if (/^[.~]/.test(source)) throw relative(source, item);
  return { source, target, readOnly: mode === 'ro', isBind: source.startsWith('/') };
}

const longMembers: readonly string[] = ['type', 'source', 'target', 'read_only'];

function longForm(item: Node): WrittenMount {
  refuseOthers(item, longMembers, { problem: 'is not supported yet' });
  const [type, source, target] = ['type', 'source', 'target'].map((key) => item.at(key).text() ?? '');
  const readOnly = readBoolean(item.at('read_only'));
  if (type !== 'volume' && type !== 'bind')
    throw item.fault(
      `has type ${type}`,
      'Write volume or bind; for tmpfs use the key tmpfs.',
      'unsupported-compose',
    );
  if (target?.startsWith('/') !== true)
    throw item.fault('has no absolute target', 'Write the path in the container as target.');
  if (source === undefined || source === '')
    throw item.fault('has no source', 'Write a volume’s name, or an absolute path of the host, as source.');
  if (type === 'bind' && !source.startsWith('/')) throw relative(source, item);
  return { source, target, readOnly, isBind: type === 'bind' };
}

function relative(source: string, item: Node): Error {
  const problem = `${source} is relative: the host of the service need not have the compose file’s folder`;
  return item.fault(problem, 'Use a named volume or an absolute path of the host.', 'unsupported-compose');
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
