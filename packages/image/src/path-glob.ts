// Globs over the paths of an image, without backtracking: an image's paths are as odd as their writer likes.

/** `*` and `?` stay inside one name, `**` crosses slashes; a folder's glob covers all below it. */
export interface PathGlob {
  readonly text: string;
  matches(path: string): boolean;
}

const anyFolders = '**';

/** @param text from the image's root, with or without a slash in front */
export function pathGlob(text: string): PathGlob {
  const parts = text.replace(/^\/+|\/+$/g, '').split('/');
  return { text, matches: (path) => matchesParts(parts, path.split('/')) };
}

/** Column by column, as a table of (parts × names): at most their product of steps. */
function matchesParts(parts: readonly string[], names: readonly string[]): boolean {
  let reached = new Set<number>([0]);
  for (const name of names) {
    const next = new Set<number>();
    for (const at of withFolders(parts, reached)) {
      // All parts are used up: the path lies below what they name.
      if (at === parts.length) return true;
      if (parts[at] === anyFolders) next.add(at);
      else if (matchesName(parts[at] ?? '', name)) next.add(at + 1);
    }
    if (next.size === 0) return false;
    reached = next;
  }
  return withFolders(parts, reached).has(parts.length);
}

/** `**` may stand for no folder at all. */
function withFolders(parts: readonly string[], reached: ReadonlySet<number>): ReadonlySet<number> {
  const all = new Set(reached);
  for (const at of all) if (parts[at] === anyFolders) all.add(at + 1);
  return all;
}

/** The usual two pointers: on a mismatch the last `*` takes one character more. */
function matchesName(pattern: string, name: string): boolean {
  let [at, star, kept] = [0, -1, 0];
  for (let index = 0; index < name.length; ) {
    const mark = pattern[at];
    if (mark === '*') {
      star = at;
      kept = index;
      at += 1;
    } else if (mark === '?' || mark === name[index]) {
      at += 1;
      index += 1;
    } else if (star >= 0) {
      at = star + 1;
      kept += 1;
      index = kept;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
