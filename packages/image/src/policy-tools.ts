// Programs that build or debug: recognised by their names where programs stand, as file systems of images have them.
import type { LayerEntry } from './layer-entry.js';
import type { PathFacts } from './policy-path.js';

const buildTools: ReadonlySet<string> = new Set([
  ...[
    'gcc',
    'g++',
    'cpp',
    'cc',
    'c++',
    'c89',
    'c99',
    'cc1',
    'cc1plus',
    'collect2',
    'lto1',
    'gfortran',
    'tcc',
  ],
  ...['clang', 'clang++', 'clang-cpp', 'ld', 'ld.bfd', 'ld.gold', 'ld.lld', 'lld', 'as', 'ranlib', 'objdump'],
  ...[
    'make',
    'gmake',
    'cmake',
    'ctest',
    'ninja',
    'meson',
    'scons',
    'bazel',
    'autoconf',
    'automake',
    'aclocal',
  ],
  ...['libtool', 'libtoolize', 'bison', 'flex', 'yacc', 'nasm', 'yasm', 'swig', 'pkg-config', 'pkgconf'],
  ...['go', 'gofmt', 'rustc', 'cargo', 'rustup', 'javac', 'jlink', 'mvn', 'gradle', 'ant', 'sbt', 'kotlinc'],
  ...['scalac', 'ghc', 'cabal', 'swiftc', 'zig', 'dpkg-buildpackage', 'debuild', 'rpmbuild', 'abuild'],
]);

const debugTools: ReadonlySet<string> = new Set([
  ...['gdb', 'gdbserver', 'lldb', 'lldb-server', 'dlv', 'strace', 'ltrace', 'perf', 'valgrind', 'rr'],
  ...['tcpdump', 'tshark', 'nmap', 'ncat', 'nc.openbsd', 'nc.traditional', 'pdb3', 'jdb', 'bpftrace'],
]);
const debugExtensions: ReadonlySet<string> = new Set(['debug', 'dwo', 'dwp', 'pdb', 'hprof', 'heapsnapshot']);

const programFolders: ReadonlySet<string> = new Set(['bin', 'sbin', 'libexec']);

/** What the program is; null when it is none that builds. */
export function buildToolOf(entry: LayerEntry, facts: PathFacts): string | null {
  if (!isProgram(entry)) return null;
  if (facts.slashed.includes('/dotnet/sdk/')) return 'the .NET SDK';
  const compilerPart = /\/(?:lib|libexec)\/gcc\//.test(facts.slashed);
  if (!compilerPart && !programFolders.has(facts.folder)) return null;
  if (facts.slashed.includes('/node_modules/')) return null;
  return buildTools.has(plainName(facts.name)) ? 'a build tool' : null;
}

/** Debuggers, tracers, debug symbols, dumps. */
export function debugAidOf(entry: LayerEntry, facts: PathFacts): string | null {
  if (entry.kind !== 'file' && entry.kind !== 'hardlink') return null;
  if (isProgram(entry) && programFolders.has(facts.folder) && debugTools.has(plainName(facts.name)))
    return 'a debugging tool';
  if (entry.size === 0) return null;
  if (/^core\.\d+$|^hs_err_pid\d+\.log$/.test(facts.name)) return 'a memory dump';
  if (facts.slashed.startsWith('/usr/lib/debug/') || facts.slashed.includes('.dSYM/')) return 'debug symbols';
  return debugExtensions.has(facts.extension) && !facts.slashed.includes('/node_modules/')
    ? 'debug symbols or a dump'
    : null;
}

/** Links do not count: busybox offers itself under many names, and a compiler's link brings the compiler along. */
function isProgram({ kind, mode }: LayerEntry): boolean {
  return (kind === 'file' && (mode & 0o111) !== 0) || kind === 'hardlink';
}

/** `gcc` of `x86_64-linux-gnu-gcc-12`. */
function plainName(name: string): string {
  const versionless = name.replace(/-\d[\d.]{0,15}$/, '');
  const at = versionless.indexOf('-linux-');
  return at < 0 ? versionless : versionless.slice(versionless.indexOf('-', at + '-linux-'.length) + 1);
}
