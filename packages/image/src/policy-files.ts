// Which files of an image are against the policy, by path, kind and mode, and by their first bytes where they are known.
import type { LayerContent, LayerEntry } from './layer-entry.js';
import { type LayerVisibility, layerVisibility } from './layer-visibility.js';
import type { PolicyClass } from './policy-classes.js';
import type { FileMatch } from './policy-finding.js';
import { cacheOf, type Leftover, sourceOf, versionControlOf } from './policy-leftovers.js';
import { setUidOf, setUidPaths, worldWritableOf } from './policy-modes.js';
import { type PathFacts, pathFacts } from './policy-path.js';
import { buildToolOf, debugAidOf } from './policy-tools.js';
import { looksSecret, secretByName, wantsHeadOf } from './secret-heads.js';

export interface JudgedFiles {
  /** From the base upwards. */
  readonly layers: readonly Pick<LayerContent, 'entries'>[];
  /** How many first layers are the base image's; 0 for an image from scratch or an unknown base. */
  readonly baseLayers: number;
  /** First bytes of a file for which `wantsHead` holds; null when they were not kept. */
  readonly headOf: (layerIndex: number, path: string) => Buffer | null;
  /** Of the same layers, where it is known already. */
  readonly visibility?: LayerVisibility;
}

type Match = Pick<FileMatch, 'policyClass' | 'what' | 'anchor'>;

export function matchFiles({
  layers,
  baseLayers,
  headOf,
  visibility = layerVisibility(layers),
}: JudgedFiles): readonly FileMatch[] {
  const known = setUidPaths(layers.slice(0, baseLayers));
  const matches: FileMatch[] = [];
  for (const [layerIndex, { entries }] of layers.entries()) {
    const own = layerIndex >= baseLayers;
    for (const entry of entries) {
      const { path, kind, size: bytes } = entry;
      if (kind === 'whiteout' || kind === 'opaque') continue;
      const facts = pathFacts(path);
      const head = kind === 'file' && wantsHeadOf(facts) ? headOf(layerIndex, path) : null;
      const found = [
        ...matchEntry(entry, facts, head),
        ...(own && !known.has(path) ? matchSetUid(entry) : []),
      ];
      if (found.length === 0) continue;
      const hidden = visibility.isHidden(layerIndex, path);
      for (const match of found) matches.push({ ...match, path, bytes, layerIndex, hidden });
    }
  }
  return matches;
}

function matchEntry(entry: LayerEntry, facts: PathFacts, head: Buffer | null): readonly Match[] {
  return [
    ...asMatch('build-tools', buildToolOf(entry, facts)),
    ...asMatch('package-caches', cacheOf(entry, facts)),
    ...asMatch('sources', sourceOf(entry, facts)),
    ...asMatch('vcs', versionControlOf(entry, facts)),
    ...asMatch('secrets', secretOf(entry, facts, head)),
    ...asMatch('debug', debugAidOf(entry, facts)),
    ...asMatch('world-writable', worldWritableOf(entry)),
  ];
}

function matchSetUid(entry: LayerEntry): readonly Match[] {
  return asMatch('set-uid', setUidOf(entry));
}

/** The content decides where it is known: an `.npmrc` without a token is no secret, a `.pem` may hold a key. */
function secretOf({ kind, size, path }: LayerEntry, facts: PathFacts, head: Buffer | null): string | null {
  if (kind !== 'file' || size === 0) return null;
  return head === null ? secretByName(facts) : looksSecret(path, head);
}

function asMatch(policyClass: PolicyClass, found: Leftover | string | null): readonly Match[] {
  if (found === null) return [];
  const { what, anchor } = typeof found === 'string' ? { what: found, anchor: null } : found;
  return [{ policyClass, what, anchor }];
}
