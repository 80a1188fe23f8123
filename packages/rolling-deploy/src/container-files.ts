// Configs and secrets of a service put into a container before it starts.
import type { Engine } from './engine.js';
import type { ServiceFile } from './service.js';

/**
 * Copied by the engine's archive API, not mounted from a folder of the host: it works over any transport, nothing stays
 * behind on the host but the container itself, and a kept container keeps the very content that it served with.
 */
export async function putFiles(
  engine: Pick<Engine, 'streams'>,
  id: string,
  files: readonly ServiceFile[],
): Promise<void> {
  if (files.length === 0) return;
  const { pack } = await import('./tar.js');
  await engine.streams.writeArchive(id, await pack(files));
}
