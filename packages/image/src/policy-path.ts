// A path of an image, taken apart once for all rules.

export interface PathFacts {
  readonly path: string;
  /** `/` + path + `/`, so that whole names can be looked for. */
  readonly slashed: string;
  readonly parts: readonly string[];
  /** Last part. */
  readonly name: string;
  /** Last part but one; '' at the top. */
  readonly folder: string;
  /** `/` and the last part but one, `/` and the last. */
  readonly tail: string;
  /** After the last dot of the name, in small letters; '' without one. */
  readonly extension: string;
  /** Below what a package manager installed: sources, tests and settings there are no part of the application. */
  readonly dependency: boolean;
}

/** The first of many folders (`/a/b/`) that a path lies in; null for none. */
export type FolderFinder = (facts: Pick<PathFacts, 'slashed' | 'parts'>) => string | null;

/**
 * Folders are kept by their first name: of most paths, each part is looked up once, and that is all.
 * @param where `top` for folders that count at the image's root only
 */
export function folderFinder(
  folders: readonly string[],
  where: 'anywhere' | 'top' = 'anywhere',
): FolderFinder {
  const byFirst = Map.groupBy(folders, (folder) => folder.slice(1, folder.indexOf('/', 1)));
  const find = (part: string, isThere: (folder: string) => boolean): string | null =>
    byFirst.get(part)?.find(isThere) ?? null;
  if (where === 'top')
    return ({ slashed, parts }) => find(parts[0] ?? '', (folder) => slashed.startsWith(folder));
  return ({ slashed, parts }) => {
    for (const part of parts) {
      const found = find(part, (folder) => slashed.includes(folder));
      if (found !== null) return found;
    }
    return null;
  };
}

const inDependency = folderFinder([
  ...['/node_modules/', '/bower_components/', '/site-packages/', '/dist-packages/', '/gems/', '/vendor/'],
  ...['/.pnpm/', '/.yarn/', '/pkg/mod/', '/.cargo/', '/cargo/registry/', '/.m2/', '/.gradle/'],
]);
const inSystem = folderFinder(
  [
    ...['/usr/share/', '/usr/lib/', '/usr/lib32/', '/usr/lib64/', '/usr/libexec/', '/usr/include/', '/lib/'],
    ...[
      '/usr/local/lib/',
      '/usr/local/share/',
      '/usr/local/include/',
      '/usr/local/go/',
      '/usr/local/rustup/',
    ],
    ...['/etc/', '/var/lib/', '/var/cache/', '/proc/', '/sys/', '/lib64/', '/opt/java/', '/usr/src/linux'],
  ],
  'top',
);

export function pathFacts(path: string): PathFacts {
  const slashed = `/${path}/`;
  const parts = path.split('/');
  const name = parts.at(-1) ?? '';
  const folder = parts.at(-2) ?? '';
  const dot = name.lastIndexOf('.');
  const place = { slashed, parts };
  return {
    path,
    ...place,
    name,
    folder,
    tail: `/${folder}/${name}`,
    extension: dot < 0 ? '' : name.slice(dot + 1).toLowerCase(),
    dependency: inSystem(place) !== null || inDependency(place) !== null,
  };
}

/** The path up to the end of `folder` (`/a/b/`) inside it; null where it is not inside. */
export function upTo({ path, slashed }: PathFacts, folder: string): string | null {
  const at = slashed.indexOf(folder);
  return at < 0 ? null : path.slice(0, at + folder.length - 2);
}
