// The releases whose containers a host keeps: which one is meant, and which may go; pure.
import type { Container } from './engine-answers.js';
import { DeployError } from './errors.js';
import { labelNames } from './identity.js';

/** Containers of one revision. */
export interface Release {
  readonly revision: string;
  readonly digest: string;
  /** '' for anything but a release. */
  readonly version: string;
  /** `host/repository@sha256:…` */
  readonly image: string;
  readonly isServing: boolean;
  /** Milliseconds since the epoch, when its last container ended; 0 while none did. */
  readonly endedAt: number;
}

/** The one that served last first. */
export function releasesOf(containers: readonly Container[]): readonly Release[] {
  const releases = new Map<string, Release>();
  for (const { labels, image, running, endedAt } of containers) {
    const revision = labels.get(labelNames.revision) ?? '';
    const known = releases.get(revision);
    releases.set(revision, {
      revision,
      digest: labels.get(labelNames.digest) ?? '',
      version: labels.get(labelNames.version) ?? '',
      image,
      isServing: running || known?.isServing === true,
      endedAt: Math.max(endedAt, known?.endedAt ?? 0),
    });
  }
  return [...releases.values()].sort((one, other) => other.endedAt - one.endedAt);
}

/**
 * @param asked `previous`, a version with or without its `v`, or a digest or its beginning
 * @throws {DeployError} no-such-release
 */
export function findRelease(releases: readonly Release[], asked: string): Release {
  const version = asked.replace(/^v(?=\d)/, '');
  const found = releases.find((release) => {
    if (asked === 'previous') return !release.isServing;
    if (asked.startsWith('sha256:')) return release.digest.startsWith(asked);
    return release.version === version || release.version === asked;
  });
  if (found !== undefined) return found;
  const known = releases.map(describe).join(', ');
  throw new DeployError({
    code: 'no-such-release',
    message: `rollback-to: ${asked} is none of the releases that the host keeps: ${known || 'it keeps none'}`,
    hint: 'Name one of them, or deploy the image by its digest; keep-releases says how many are kept.',
  });
}

function describe({ version, digest, isServing }: Release): string {
  const names = [version, digest.slice(0, 'sha256:'.length + 12)].filter((name) => name !== '');
  return `${names.join(' ')}${isServing ? ' (serves)' : ''}`;
}
