// Version numbers: three whole numbers, compared as numbers; what may follow what.

export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

const numbers = '(0|[1-9][0-9]{0,8})\\.(0|[1-9][0-9]{0,8})\\.(0|[1-9][0-9]{0,8})';
const plainPattern = new RegExp(`^${numbers}$`);
const tagPattern = new RegExp(`^v?${numbers}$`);

/** `1.2.3`, strictly; null for anything else, also pre-releases and leading zeros. */
export function parseVersion(text: string): Version | null {
  return match(plainPattern, text);
}

/** A release tag, `1.2.3` or `v1.2.3`; null for every other tag. */
export function parseVersionTag(tag: string): Version | null {
  return match(tagPattern, tag);
}

export function showVersion(version: Version): string {
  return `${version.major}.${version.minor}.${version.patch}`;
}

export function compareVersions(left: Version, right: Version): number {
  return left.major - right.major || left.minor - right.minor || left.patch - right.patch;
}

/** The highest release among tags; null when there is none. */
export function highestVersion(tags: readonly string[]): Version | null {
  let highest: Version | null = null;
  for (const tag of tags) {
    const version = parseVersionTag(tag);
    if (version !== null && (highest === null || compareVersions(version, highest) > 0)) highest = version;
  }
  return highest;
}

/** The number of a build of the development branch: `X.(Y+1).0-dev.<n>.<sha7>` after the last release X.Y.Z. */
export function developmentVersion(tags: readonly string[], commits: number, commit: string): string {
  const last = highestVersion(tags) ?? { major: 0, minor: 0, patch: 0 };
  const short = commit.slice(0, 7);
  // Seven digits would be a number to semver, which forbids a leading zero.
  const build = /^[0-9]+$/.test(short) ? `g${short}` : short;
  return `${last.major}.${last.minor + 1}.0-dev.${commits}.${build}`;
}

/** The number of a build on the way to a release: `X.Y.Z-rc.<n>`. */
export function candidateVersion(version: Version, commits: number): string {
  return `${showVersion(version)}-rc.${commits}`;
}

function match(pattern: RegExp, text: string): Version | null {
  const found = pattern.exec(text);
  if (found === null) return null;
  return { major: Number(found[1]), minor: Number(found[2]), patch: Number(found[3]) };
}
