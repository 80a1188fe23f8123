// Platforms: `os/architecture/variant` in its normal form. Source: containerd/platforms.

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  /** Empty for the usual one. */
  readonly variant: string;
}

const part = /^[A-Za-z0-9_.-]{1,64}$/;
const systems: ReadonlySet<string> = new Set(
  'aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris windows zos'.split(
    ' ',
  ),
);
const architectures: ReadonlySet<string> = new Set(
  '386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x sparc64 wasm'.split(
    ' ',
  ),
);
const aliases: Readonly<Record<string, readonly [string, string?]>> = {
  i386: ['386'],
  x86_64: ['amd64'],
  'x86-64': ['amd64'],
  aarch64: ['arm64'],
  armhf: ['arm', 'v7'],
  armel: ['arm', 'v6'],
};

/** @param own fills in what a short form leaves out. Null for what is no platform. */
export function parsePlatform(text: string, own: Platform): Platform | null {
  const parts = text.split('/');
  const [first = '', second, third = ''] = parts;
  if (parts.length > 3 || !parts.every((each) => part.test(each.replace(/\([^()]{1,64}\)$/, ''))))
    return null;
  const os = normalSystem(first.replace(/\(.*$/, ''));
  if (second !== undefined) return normal(os, second, third);
  if (systems.has(os)) return { ...own, os };
  const alone = normal(own.os, first, '');
  return architectures.has(alone.architecture) ? alone : null;
}

export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter((each) => each !== '').join('/');
}

const normalSystem = (os: string): string => (os.toLowerCase() === 'macos' ? 'darwin' : os.toLowerCase());

function normal(os: string, given: string, givenVariant: string): Platform {
  const alias = Object.hasOwn(aliases, given.toLowerCase()) ? aliases[given.toLowerCase()] : undefined;
  const architecture = alias?.[0] ?? given.toLowerCase();
  const variant = (alias?.[1] ?? givenVariant).toLowerCase();
  return { os, architecture, variant: normalVariant(architecture, variant) };
}

function normalVariant(architecture: string, variant: string): string {
  switch (architecture) {
    case 'amd64':
      return variant === 'v1' ? '' : variant;
    case 'arm64':
      return variant === '8' || variant === 'v8' ? '' : variant;
    case 'arm':
      return variant === '' ? 'v7' : variant.replace(/^(?=[5-8]$)/, 'v');
    default:
      return variant;
  }
}
