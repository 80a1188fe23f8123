// Images of the Docker engine, found by their names.
import { type RetryDeps, retry } from '@headgate/kit/retry';
import { askEngine, EngineRefusal, type EngineRequest, removeFromEngine } from './engine-request.js';

interface ListedImage {
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests: readonly string[] | null;
}

/** By name, so that an image which somebody else knows by another name stays. @throws {PartError} as the engine answers */
export async function removeNamedImages(
  request: EngineRequest,
  isOurs: (name: string) => boolean,
  deps: RetryDeps,
): Promise<void> {
  const images = await listImages(request, deps);
  const names = images.flatMap(({ RepoTags, RepoDigests }) => [...(RepoTags ?? []), ...(RepoDigests ?? [])]);
  for (const name of names.filter(isOurs)) {
    await removeFromEngine(request, `/images/${encodeURIComponent(name)}?force=true`);
  }
}

/**
 * With containerd's image store the whole list is refused with 404 `content digest … not found` when somebody removes any
 * image meanwhile (measured, engine 26.1.5: 40 of 860 lists beside two that removed). It is there again a moment later.
 */
async function listImages(request: EngineRequest, deps: RetryDeps): Promise<readonly ListedImage[]> {
  return retry(() => askEngine<readonly ListedImage[]>(request, '/images/json'), listing, deps);
}

const listing = {
  attempts: 20,
  delaysMs: [100, 200, 500],
  deadlineMs: 10_000,
  retryable: (error: unknown) => error instanceof EngineRefusal && error.status === 404,
};
