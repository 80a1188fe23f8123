// What a rehearsal that was killed leaves on an engine: containers behind a proxy of its own that is gone, and previews.
import type { Accepts } from './connection.js';

/** Set by roll-outs on what they run: `SOCKET#BACKEND` of the proxy in front. */
const proxyLabel = 'io.headgate.proxy';
/** The proxy's socket in a rehearsal's own folder, as `mkdtemp` names it. */
const rehearsedForm = /^(?<socket>\/(?:.*\/)?headgate-[A-Za-z0-9]{6}\/parts\/proxy(?:-\d+)?\.sock)#/;
/** Set by previews: `OWNER/REPOSITORY#APPLICATION`, the owner being that of every rehearsal. */
const previewLabel = 'io.headgate.preview';
const previewForm = /^octo\/[^/#]+#/;
const registryForm = /^127\.0\.0\.1:(?<port>\d{1,5})\//;

export interface LabelledContainer {
  /** `127.0.0.1:PORT/…` for a rehearsal's own images. */
  readonly Image: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

/**
 * Those containers whose rehearsal has ended. A rehearsal counts as alive while its proxy *or* its registry answers:
 * one that runs beside this one in another container has its proxy's socket out of sight, but not its registry.
 */
export async function deadContainers<C extends LabelledContainer>(
  containers: readonly C[],
  accepts: Accepts,
): Promise<readonly C[]> {
  const judged = await Promise.all(
    containers.map(async (container) => {
      const socket = rehearsedForm.exec(container.Labels?.[proxyLabel] ?? '')?.groups?.['socket'];
      const port = registryForm.exec(container.Image)?.groups?.['port'];
      const isPreview = previewForm.test(container.Labels?.[previewLabel] ?? '');
      if (port === undefined || (socket === undefined && !isPreview)) return [];
      const registry = { host: '127.0.0.1', port: Number(port) };
      const signs = socket === undefined ? [registry] : [{ path: socket }, registry];
      return (await Promise.all(signs.map(accepts))).includes(true) ? [] : [container];
    }),
  );
  return judged.flat();
}
