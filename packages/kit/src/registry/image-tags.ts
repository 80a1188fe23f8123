// The tags of an image by the ref it was built from: those that stay on its digest, and those that follow the ref.
import { hashedTagFor, tagFor } from './tag-name.js';

export interface RefFacts {
  /** As GitHub names it: `refs/heads/…`, `refs/tags/…`, `refs/pull/12/merge`; empty for a detached commit. */
  readonly ref: string;
  /** Full hexadecimal name of the commit. */
  readonly sha: string;
  /** Release tags that exist besides this one; a moving tag of a version never goes back. */
  readonly releases: readonly string[];
}

export interface ImageTags {
  /** Never moved; the first one is the ref's own. */
  readonly fixed: readonly string[];
  /** Follow the newest image of the ref or of its series. */
  readonly moving: readonly string[];
}

/** Characters of the commit's name in a tag. */
const shownSha = 12;
const longest = 128 - shownSha - 1;
const versionPattern = /^(v?)(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$/;
/** Tags that mean a version, the newest release, a pull request or a commit: a branch of such a name gets a hash. */
const spokenFor = /^(?:v?\d+(?:\.\d+){0,2}(?:[-+].*)?|latest|pr-\d+.*|branch-.*|(?:.*-)?[0-9a-f]{12})$/s;

/**
 * Tags for any ref: always valid (OCI distribution specification 1.1: a word character, then at most 127 of
 * `[A-Za-z0-9_.-]`), and no two refs share the tags that are their own.
 */
export function imageTags({ ref, sha, releases }: RefFacts): ImageTags {
  const commit = /^[0-9a-f]{12,64}$/.test(sha) ? sha.slice(0, shownSha) : null;
  const ofCommit = (name: string): readonly string[] => (commit === null ? [] : [`${name}-${commit}`]);
  const [, kind = '', rest = ''] = /^refs\/(heads|tags|pull)\/(.+)$/s.exec(ref) ?? [];
  if (kind === 'tags') return releaseTags(rest, ref, releases);
  const number = kind === 'pull' ? /^([1-9]\d{0,9})\/(?:merge|head)$/.exec(rest)?.[1] : undefined;
  if (number !== undefined) {
    const name = rest.endsWith('/merge') ? `pr-${number}` : `pr-${number}-head`;
    return { fixed: ofCommit(name), moving: [name] };
  }
  if (kind === 'heads') {
    const name = branchTag(rest);
    return { fixed: ofCommit(name), moving: [name] };
  }
  if (ref === '' || ref === 'HEAD') return { fixed: ofCommit('commit'), moving: [] };
  // A branch may be called like any other ref.
  const name = hashedTagFor(ref, `ref ${ref}`, longest);
  return { fixed: ofCommit(name), moving: [name] };
}

function branchTag(branch: string): string {
  return spokenFor.test(branch) ? hashedTagFor(branch, branch, longest) : tagFor(branch, longest);
}

/** A release keeps its own name and leads its series while it is the newest in it. */
function releaseTags(tag: string, ref: string, releases: readonly string[]): ImageTags {
  if (!/^v?\d+\.\d+\.\d+(?:[-+]|$)/.test(tag)) return { fixed: [hashedTagFor(tag, ref)], moving: [] };
  const fixed = [tagFor(tag)];
  const version = parseVersion(tag);
  if (version === null) return { fixed, moving: [] };
  const others = releases.flatMap((other) => parseVersion(other) ?? []);
  const leads = (same: number): boolean =>
    !others.some(
      ({ numbers }) => startsAlike(numbers, version.numbers, same) && isAfter(numbers, version.numbers),
    );
  const [major, minor] = version.numbers;
  const series = [
    { tag: `${version.prefix}${major}.${minor}`, leads: leads(2) },
    { tag: `${version.prefix}${major}`, leads: leads(1) && major > 0 },
    { tag: 'latest', leads: leads(0) },
  ];
  return { fixed, moving: series.filter((one) => one.leads).map((one) => one.tag) };
}

interface Version {
  readonly prefix: string;
  readonly numbers: readonly [number, number, number];
}

function parseVersion(tag: string): Version | null {
  const found = versionPattern.exec(tag);
  if (found === null) return null;
  return { prefix: found[1] ?? '', numbers: [Number(found[2]), Number(found[3]), Number(found[4])] };
}

function startsAlike(left: Version['numbers'], right: Version['numbers'], count: number): boolean {
  return left.slice(0, count).every((number, index) => number === right[index]);
}

function isAfter(left: Version['numbers'], right: Version['numbers']): boolean {
  const at = left.findIndex((number, index) => number !== right[index]);
  return at >= 0 && (left[at] ?? 0) > (right[at] ?? 0);
}
