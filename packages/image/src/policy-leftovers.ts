// What a build leaves behind: caches of package managers, sources, folders of version control.
import type { LayerEntry } from './layer-entry.js';
import { folderFinder, type PathFacts, upTo } from './policy-path.js';

/** A file's class is known by the folder `anchor`, which is reported as one. */
export interface Leftover {
  readonly what: string;
  /** Null where the file was known by its own name. */
  readonly anchor: string | null;
}

/** Of distributions: from the root. */
const systemCache = folderFinder(
  [
    ...['/var/cache/apt/', '/var/lib/apt/lists/', '/var/cache/apk/', '/etc/apk/cache/', '/var/cache/dnf/'],
    ...['/var/cache/yum/', '/var/cache/libdnf5/', '/var/cache/zypp/', '/var/cache/pacman/pkg/'],
  ],
  'top',
);
/** Of languages: anywhere. */
const languageCache = folderFinder([
  ...['/.cache/pip/', '/.npm/_cacache/', '/.cache/yarn/', '/.yarn/berry/cache/', '/.local/share/pnpm/store/'],
  ...['/.pnpm-store/', '/.bun/install/cache/', '/.cache/go-build/', '/pkg/mod/cache/', '/.cargo/registry/'],
  ...['/cargo/registry/', '/.gradle/caches/', '/.m2/repository/', '/.composer/cache/', '/.cache/composer/'],
  ...['/.bundle/cache/', '/.nuget/packages/', '/.cache/uv/', '/.cache/pypoetry/', '/.cache/node-gyp/'],
  ...['/.ccache/', '/.cache/bazel/'],
]);

export function cacheOf({ kind, size }: LayerEntry, facts: PathFacts): Leftover | null {
  // Package managers leave empty locks in clean images too.
  if (kind !== 'file' || size === 0) return null;
  const folder = systemCache(facts) ?? languageCache(facts);
  if (folder !== null) return { what: 'a cache of a package manager', anchor: upTo(facts, folder) };
  return facts.extension === 'gem' && facts.folder === 'cache'
    ? { what: 'a cache of a package manager', anchor: null }
    : null;
}

const versionFolder = folderFinder(['/.git/', '/.hg/', '/.svn/', '/.bzr/', '/_darcs/']);

export function versionControlOf({ kind }: LayerEntry, facts: PathFacts): Leftover | null {
  if (kind === 'directory') return null;
  const folder = versionFolder(facts);
  if (folder !== null) return { what: 'a version control folder', anchor: upTo(facts, folder) };
  return facts.folder === 'CVS' && /^(?:Entries|Root|Repository)$/.test(facts.name)
    ? { what: 'a version control folder', anchor: upTo(facts, '/CVS/') }
    : null;
}

/** Languages that are compiled, or translated before they are served: their sources are not what runs. */
const compiledExtensions: ReadonlySet<string> = new Set([
  ...[
    'c',
    'cc',
    'cpp',
    'cxx',
    'h',
    'hh',
    'hpp',
    'go',
    'rs',
    'java',
    'kt',
    'scala',
    'cs',
    'fs',
    'swift',
    'zig',
  ],
  ...['hs', 'ml', 'ts', 'tsx', 'mts', 'jsx', 'vue', 'svelte'],
]);
/** Where one of these is, the folder that people work in was copied. */
const workFiles: ReadonlySet<string> = new Set([
  ...[
    'Dockerfile',
    '.dockerignore',
    'docker-compose.yml',
    'docker-compose.yaml',
    'compose.yaml',
    'compose.yml',
  ],
  ...['.gitignore', '.gitattributes', '.gitlab-ci.yml', '.travis.yml', 'Jenkinsfile', '.editorconfig'],
  ...[
    'Makefile',
    'CMakeLists.txt',
    'go.mod',
    'go.sum',
    'Cargo.toml',
    'Cargo.lock',
    'pom.xml',
    'build.gradle',
  ],
  ...['build.gradle.kts', 'tsconfig.json', '.rspec', '.rubocop.yml', '.eslintrc', '.eslintrc.js'],
  ...['.eslintrc.json', 'eslint.config.js', 'jest.config.js', 'vite.config.ts', 'webpack.config.js'],
  ...['pytest.ini', 'tox.ini', '.pre-commit-config.yaml', 'phpunit.xml', 'phpunit.xml.dist'],
]);
const workFolder = folderFinder(['/.github/', '/.circleci/', '/.vscode/', '/.idea/', '/__tests__/']);

const sources = 'source code, or files of the folder people work in';

export function sourceOf({ kind, size }: LayerEntry, facts: PathFacts): Leftover | null {
  if (kind !== 'file' || size === 0 || facts.dependency) return null;
  if (versionFolder(facts) !== null) return null;
  const { name } = facts;
  if (compiledExtensions.has(facts.extension) && !name.endsWith('.d.ts') && !name.endsWith('.d.mts'))
    return { what: sources, anchor: null };
  const work =
    workFiles.has(name) ||
    workFolder(facts) !== null ||
    /(?:_spec\.rb|_test\.py|\.(?:test|spec)\.[cm]?js)$/.test(name);
  return work ? { what: sources, anchor: null } : null;
}
