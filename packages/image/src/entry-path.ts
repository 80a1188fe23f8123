// Names in a layer as paths from the image's root. What would lead out of it is refused, never corrected.
import { failure } from './failures.js';
import type { LayerLimits } from './layer-limits.js';

/**
 * `./usr//bin/` as `usr/bin`; empty for the root itself.
 * @throws ActionError `path-unsafe` for absolute paths and for `..`, `limit-exceeded`
 */
export function entryPath(name: string, limits: LayerLimits): string {
  if (name.length > limits.path || Buffer.byteLength(name) > limits.path) {
    throw failure(
      'limit-exceeded',
      `A path of ${name.length} characters begins with "${name.slice(0, 80)}".`,
    );
  }
  if (name.startsWith('/')) throw unsafe(name, 'is absolute');
  if (name.includes('\0')) throw unsafe(name, 'holds a NUL');
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw unsafe(name, 'leads upwards');
  if (parts.length > limits.depth + 1) {
    throw failure(
      'limit-exceeded',
      `A path lies ${parts.length - 1} folders deep, at most ${limits.depth} may be.`,
    );
  }
  return parts.join('/');
}

function unsafe(name: string, why: string): Error {
  return failure('path-unsafe', `The path ${JSON.stringify(name.slice(0, 200))} in a layer ${why}.`);
}

export type Whiteout =
  | { readonly kind: 'whiteout' | 'opaque'; readonly path: string }
  /** What aufs kept beside its files; unpackers leave it out. */
  | { readonly kind: 'ignored' };

const prefix = '.wh.';
const opaqueName = '.wh..wh..opq';

/** What a marker file stands for; null for every other file. @throws ActionError `path-unsafe` */
export function readWhiteout(path: string): Whiteout | null {
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1);
  if (!name.startsWith(prefix)) return null;
  const folder = path.slice(0, Math.max(slash, 0));
  if (name === opaqueName) return { kind: 'opaque', path: folder === '' ? '.' : folder };
  if (name.startsWith('.wh..wh.')) return { kind: 'ignored' };
  const hidden = name.slice(prefix.length);
  if (hidden === '' || hidden === '.' || hidden === '..') throw unsafe(path, 'is a whiteout of no file');
  return { kind: 'whiteout', path: folder === '' ? hidden : `${folder}/${hidden}` };
}
