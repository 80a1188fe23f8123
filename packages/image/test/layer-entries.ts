// Entries and layers for tests, with the usual values where a test does not care.
import type { EntryKind, LayerContent, LayerEntry } from '../src/layer-entry.js';

const sixtyFour = 64;

export function entry(path: string, overrides: Partial<LayerEntry> = {}): LayerEntry {
  const kind: EntryKind = overrides.kind ?? 'file';
  const isFile = kind === 'file';
  return {
    path,
    kind,
    mode: isFile ? 0o644 : 0o755,
    uid: 0,
    gid: 0,
    size: isFile ? 100 : 0,
    linkTarget: null,
    contentDigest: isFile ? `sha256:${'0'.repeat(sixtyFour)}` : null,
    ...overrides,
  };
}

/** A path, or one that ends in a slash for a directory. */
export function entries(...paths: readonly string[]): readonly LayerEntry[] {
  return paths.map((path) =>
    path.endsWith('/') ? entry(path.slice(0, -1), { kind: 'directory' }) : entry(path),
  );
}

export function whiteout(path: string): LayerEntry {
  return entry(path, { kind: 'whiteout' });
}

let made = 0;

export function layer(content: readonly LayerEntry[], overrides: Partial<LayerContent> = {}): LayerContent {
  made += 1;
  const bytes = content.reduce((sum, { size }) => sum + size, 0);
  return {
    digest: `sha256:${made.toString(16).padStart(sixtyFour, '0')}`,
    createdBy: '',
    compressed: Math.ceil(bytes / 2),
    uncompressed: bytes,
    entries: content,
    ...overrides,
  };
}
