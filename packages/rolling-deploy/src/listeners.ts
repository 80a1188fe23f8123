// Where a container takes connections, read from the kernel's own table: no program inside the container is needed.
import type { Container } from './engine-answers.js';
import type { HostFiles } from './transport.js';

/** Of `/proc/<pid>/net/tcp`. Source: proc(5) and the kernel's include/net/tcp_states.h. */
const listening = '0A';
const most = 20;

/**
 * `127.0.0.1:3000`, `[::]:8080` …; null when it cannot be told: another machine's process would have the same number,
 * so the process must name the container in its control group.
 */
export async function listenersOf(
  { id, processId }: Pick<Container, 'id' | 'processId'>,
  files: Pick<HostFiles, 'read'>,
): Promise<readonly string[] | null> {
  if (processId === 0 || id === '') return null;
  const read = (name: string): Promise<string | null> =>
    files.read(`/proc/${processId}/${name}`).catch(() => null);
  if ((await read('cgroup'))?.includes(id) !== true) return null;
  const tables = [await read('net/tcp'), await read('net/tcp6')];
  return tables[0] === null ? null : tables.flatMap((table) => parseListeners(table ?? ''));
}

/** The local addresses of a table's listening sockets. */
export function parseListeners(table: string): readonly string[] {
  const rows = table.split('\n', 10_000).map((row) => row.trim().split(/\s+/, 4));
  const addresses = rows.flatMap(([, local, , state]) => {
    const address = state === listening ? addressOf(local ?? '') : null;
    return address ?? [];
  });
  return [...new Set(addresses)].slice(0, most);
}

function addressOf(text: string): string | null {
  const [, ip, port] = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(text) ?? [];
  if (ip === undefined || port === undefined) return null;
  // Each 32 bits stand in the host's order, which is little-endian wherever engines run.
  const bytes = (ip.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, 'hex')].reverse());
  const number = Number.parseInt(port, 16);
  return bytes.length === 4 ? `${bytes.join('.')}:${number}` : `[${sixteen(bytes)}]:${number}`;
}

function sixteen(bytes: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16),
  );
  // Only the two that matter are shortened: everywhere, and the container itself.
  return groups.join(':').replace(/^(?:0:){7}(0|1)$/, (_, last: string) => (last === '0' ? '::' : '::1'));
}
