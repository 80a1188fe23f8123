// Under which name a build keeps its cache: nobody else's, and the same in the next run.
import { hashedTagFor } from '@headgate/kit/registry/tag-name';

export interface ScopeFacts {
  /** `host/repository`, or the leg's name where the image has none. */
  readonly image: string;
  /** Empty for the last stage. */
  readonly target: string;
  readonly platforms: readonly string[];
}

/** Leaves room for what backends put around it. */
const longest = 100;

/**
 * A valid tag, thus also a valid scope and folder name. Other images, targets, platforms or branches give another one.
 * @param branch what the cache belongs to besides, such as `develop` or `pr-12`
 */
export function cacheScope({ image, target, platforms }: ScopeFacts, branch: string): string {
  const name = image.split('/').at(-1) ?? image;
  const places = [...new Set(platforms)].sort((left, right) => (left < right ? -1 : 1));
  const shown = [name, target, ...places.map((place) => place.replace(/^linux\//, '')), branch];
  const identity = JSON.stringify([image, target.toLowerCase(), places, branch]);
  // Always with the hash of all parts: one that holds the separator itself must not give another's name.
  return hashedTagFor(shown.filter((part) => part !== '').join('-'), identity, longest);
}
