// The previews that exist on a host, read from labels alone, and how one of them goes away completely.
import type { Engine } from './engine.js';
import type { Container } from './engine-answers.js';
import type { EnginePlace } from './engine-places.js';
import { ownerLabels, type PreviewIdentity, previewLabels, projectOf } from './preview-identity.js';

export interface Preview {
  readonly number: number;
  readonly project: string;
  /** Milliseconds since the epoch; each change of the preview moves it on. */
  readonly expiresAt: number;
  readonly containers: readonly Container[];
  readonly networks: readonly EnginePlace[];
  readonly volumes: readonly EnginePlace[];
}

type Owner = Omit<PreviewIdentity, 'number'>;
interface Labelled {
  readonly labels: ReadonlyMap<string, string>;
}

/** All previews of one application, the lowest number first; one that lost its containers is still there. */
export async function readPreviews(engine: Engine, owner: Owner): Promise<readonly Preview[]> {
  const labels = ownerLabels(owner);
  const containers = await engine.list(labels);
  const networks = await engine.places.networks(labels);
  const volumes = await engine.places.volumes(labels);
  const numbers = new Set([...containers, ...networks, ...volumes].map(numberOf));
  return [...numbers]
    .filter((number) => number !== 0)
    .sort((one, other) => one - other)
    .map((number) => {
      const mine = <T extends Labelled>(all: readonly T[]): readonly T[] =>
        all.filter((item) => numberOf(item) === number);
      const own = { containers: mine(containers), networks: mine(networks), volumes: mine(volumes) };
      return {
        number,
        project: projectOf({ number, application: owner.application }),
        expiresAt: Math.max(0, ...[...own.containers, ...own.networks, ...own.volumes].map(expiryOf)),
        ...own,
      };
    });
}

/** Containers first: what they use cannot go before them. @throws {DeployError} engine-refused, engine-unreachable */
export async function removePreview(
  engine: Engine,
  { containers, networks, volumes }: Preview,
  graceMs: number,
): Promise<void> {
  for (const { id, running } of containers) {
    if (running) await engine.stop(id, graceMs);
    await engine.remove(id);
  }
  for (const { id } of networks) await engine.places.removeNetwork(id);
  for (const { name } of volumes) await engine.places.removeVolume(name);
}

export function isExpired({ expiresAt }: Preview, now: number): boolean {
  return expiresAt <= now;
}

function numberOf({ labels }: Labelled): number {
  const text = labels.get(previewLabels.number) ?? '';
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : 0;
}

/** Without a readable time it is over: nothing of ours lacks one. */
function expiryOf({ labels }: Labelled): number {
  return Date.parse(labels.get(previewLabels.expires) ?? '') || 0;
}
