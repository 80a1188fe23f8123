// Random stacks of layers, and a model of what they make that is as plain as possible: a list of paths.

import fc from 'fast-check';
import type { LayerEntry } from '../src/layer-entry.js';

/** A file whose content is its text. */
export function fileEntry(path: string, content: string, size = content.length, mode = 0o644): LayerEntry {
  return {
    path,
    kind: 'file',
    mode,
    uid: 0,
    gid: 0,
    size,
    linkTarget: null,
    contentDigest: `sha256:${content}`,
  };
}

/** Anything that is no file. */
export function entry(
  kind: Exclude<LayerEntry['kind'], 'file'>,
  path: string,
  linkTarget: string | null = null,
): LayerEntry {
  return { path, kind, mode: 0o755, uid: 0, gid: 0, size: 0, linkTarget, contentDigest: null };
}

const segment = fc.constantFrom('a', 'b', 'c');
const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const content = fc.constantFrom('', 'x', 'yy', 'zzz', 'wwww');
const oneEntry: fc.Arbitrary<LayerEntry> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(path, content).map(([where, what]) => fileEntry(where, what)) },
  { weight: 2, arbitrary: path.map((where) => entry('directory', where)) },
  { weight: 1, arbitrary: path.map((where) => entry('symlink', where, '/a')) },
  { weight: 2, arbitrary: fc.tuple(path, path).map(([where, target]) => entry('hardlink', where, target)) },
  { weight: 3, arbitrary: path.map((where) => entry('whiteout', where)) },
  { weight: 1, arbitrary: fc.oneof(path, fc.constant('.')).map((where) => entry('opaque', where)) },
);

export const stacks: fc.Arbitrary<readonly (readonly LayerEntry[])[]> = fc.array(
  fc.array(oneEntry, { maxLength: 8 }),
  { minLength: 1, maxLength: 5 },
);

export interface Tally {
  readonly stored: number;
  readonly visible: number;
  readonly overwritten: number;
  readonly deleted: number;
  readonly metadata: number;
  readonly duplicate: number;
  /** Per layer. */
  readonly wasted: readonly number[];
}

interface Name {
  readonly path: string;
  readonly directory: boolean;
  /** Which stored file; -1 for none. */
  readonly file: number;
}

/** Counts by looking at everything, always. */
export function bruteForce(layers: readonly (readonly LayerEntry[])[]): Tally {
  let names: readonly Name[] = [];
  const files: {
    layer: number;
    entry: LayerEntry;
    why: 'overwritten' | 'deleted' | 'metadata' | 'duplicate' | null;
  }[] = [];
  const settle = (
    next: readonly Name[],
    why: (file: number) => 'overwritten' | 'deleted' | 'metadata',
  ): void => {
    for (const { file } of names) {
      const stored = files[file];
      if (stored !== undefined && stored.why === null && !next.some((name) => name.file === file))
        stored.why = why(file);
    }
    names = next;
  };
  const below = (name: Name, folder: string): boolean => folder === '.' || name.path.startsWith(`${folder}/`);
  layers.forEach((entries, layer) => {
    for (const { kind, path: where } of entries) {
      if (kind === 'whiteout')
        settle(
          names.filter((name) => name.path !== where && !below(name, where)),
          () => 'deleted',
        );
      if (
        kind === 'opaque' &&
        (where === '.' || names.some((name) => name.path === where && name.directory))
      ) {
        settle(
          names.filter((name) => !below(name, where)),
          () => 'deleted',
        );
      }
    }
    for (const one of entries) {
      if (one.kind === 'whiteout' || one.kind === 'opaque') continue;
      let file = -1;
      if (one.kind === 'file') file = files.push({ layer, entry: one, why: null }) - 1;
      const parts = one.path.split('/');
      for (let depth = 1; depth < parts.length; depth += 1) {
        const parent = parts.slice(0, depth).join('/');
        if (names.some((name) => name.path === parent && name.directory)) continue;
        const others = names.filter((name) => name.path !== parent);
        settle([...others, { path: parent, directory: true, file: -1 }], () => 'overwritten');
      }
      if (one.kind === 'hardlink') file = names.find((name) => name.path === one.linkTarget)?.file ?? -1;
      const old = names.find((name) => name.path === one.path);
      if (one.kind === 'directory' && old?.directory === true) continue;
      const rest = names.filter((name) => name.path !== one.path && !below(name, one.path));
      const digest = files[file]?.entry.contentDigest;
      settle([...rest, { path: one.path, directory: one.kind === 'directory', file }], (lost) => {
        if (old?.file !== lost) return 'deleted';
        return files[lost]?.entry.contentDigest === digest ? 'metadata' : 'overwritten';
      });
    }
  });
  for (const [index, stored] of files.entries()) {
    const earlier = files
      .slice(0, index)
      .some((other) => other.why === null && other.entry.contentDigest === stored.entry.contentDigest);
    if (stored.why === null && earlier) stored.why = 'duplicate';
  }
  const sum = (keep: (file: (typeof files)[number]) => boolean): number =>
    files.filter(keep).reduce((total, file) => total + file.entry.size, 0);
  return {
    stored: sum(() => true),
    visible: sum(({ why }) => why === null || why === 'duplicate'),
    overwritten: sum(({ why }) => why === 'overwritten'),
    deleted: sum(({ why }) => why === 'deleted'),
    metadata: sum(({ why }) => why === 'metadata'),
    duplicate: sum(({ why }) => why === 'duplicate'),
    wasted: layers.map((_, layer) => sum((file) => file.layer === layer && file.why !== null)),
  };
}
