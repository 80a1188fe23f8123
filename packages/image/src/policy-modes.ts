// Rights in an image that let a process become or change what it should not.
import type { LayerContent, LayerEntry } from './layer-entry.js';

const setUserId = 0o4000;
const setGroupId = 0o2000;
const sticky = 0o1000;
const othersWrite = 0o002;
const anyExecute = 0o111;

/** What the file lets its callers do; null for any other. A group bit on a folder is inheritance, nothing else. */
export function setUidOf({ kind, mode }: LayerEntry): string | null {
  if ((kind !== 'file' && kind !== 'hardlink') || (mode & anyExecute) === 0) return null;
  if ((mode & setUserId) !== 0) return 'a program that runs as its owner';
  return (mode & setGroupId) !== 0 ? 'a program that runs as its group' : null;
}

/** A folder with the sticky bit, as /tmp has it, is meant so; a link's mode says nothing. */
export function worldWritableOf({ kind, mode }: LayerEntry): string | null {
  if ((mode & othersWrite) === 0) return null;
  const writable = kind === 'directory' ? (mode & sticky) === 0 : kind === 'file' || kind === 'hardlink';
  return writable ? 'files or folders that everybody may write to' : null;
}

/** Paths that these layers have as set-uid or set-gid programs: a newer copy of one adds nothing. */
export function setUidPaths(layers: readonly Pick<LayerContent, 'entries'>[]): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const { entries } of layers)
    for (const entry of entries) if (setUidOf(entry) !== null) paths.add(entry.path);
  return paths;
}
