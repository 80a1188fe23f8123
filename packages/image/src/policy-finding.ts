// Findings of a policy, and how many files of one kind become one of them.
import type { FindingLevel, PolicyClass } from './policy-classes.js';

export interface Finding {
  readonly class: PolicyClass;
  readonly level: FindingLevel;
  /** The file, or the folder that holds them all; `user`, `env:NAME`, `history:NAME`, `onbuild` for configuration. */
  readonly path: string;
  /** One clause for people. */
  readonly what: string;
  /** Digest of the layer; null for configuration. */
  readonly layer: string | null;
  /** From 0, counted from the base; null for configuration. */
  readonly layerIndex: number | null;
  /** Line of the Dockerfile, from 1; null where it is not known. */
  readonly line: number | null;
  /** Sum over the files. */
  readonly bytes: number;
  /** Files; 1 for configuration. */
  readonly count: number;
  /** Deleted or replaced by a later layer: it ships all the same. */
  readonly hidden: boolean;
  /** Brought by the base image. */
  readonly base: boolean;
  /** Up to three of the files. */
  readonly examples: readonly string[];
}

export interface FileMatch {
  readonly policyClass: PolicyClass;
  readonly what: string;
  readonly path: string;
  /** Folder that is reported in the file's place; null where files are gathered by where they stand. */
  readonly anchor: string | null;
  readonly layerIndex: number;
  readonly bytes: number;
  readonly hidden: boolean;
}

/** Files that one finding tells of. */
export interface FileGroup extends FileMatch {
  readonly count: number;
  readonly examples: readonly string[];
}

const mostExamples = 3;
/** Folders that hold what has nothing to do with each other: what is gathered stands one below. */
const generic: ReadonlySet<string> = new Set([
  ...['usr', 'local', 'opt', 'home', 'srv', 'var', 'lib', 'share', 'src', 'www', 'mnt'],
]);

/** One group for each class, layer, visibility and folder. */
export function groupMatches(matches: readonly FileMatch[]): readonly FileGroup[] {
  const groups = new Map<string, FileGroup>();
  for (const match of matches) {
    const { policyClass, what, layerIndex, hidden } = match;
    const key = [policyClass, what, layerIndex, hidden, match.anchor ?? gatheringFolder(match)].join('\0');
    const group = groups.get(key);
    groups.set(key, group === undefined ? firstOf(match) : joined(group, match));
  }
  return [...groups.values()];
}

function firstOf(match: FileMatch): FileGroup {
  return { ...match, path: match.anchor ?? match.path, count: 1, examples: [match.path] };
}

function joined(group: FileGroup, match: FileMatch): FileGroup {
  return {
    ...group,
    path: group.anchor ?? commonFolder(group.path, match.path),
    count: group.count + 1,
    bytes: group.bytes + match.bytes,
    examples: group.count < mostExamples ? [...group.examples, match.path] : group.examples,
  };
}

/** Sources and loose rights cover whole trees; every other class has its files side by side. */
const treeClasses: ReadonlySet<PolicyClass> = new Set(['sources', 'world-writable']);

function gatheringFolder({ policyClass, path }: FileMatch): string {
  return treeClasses.has(policyClass) ? treeOf(path) : path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The first folder on the way that is not generic. */
function treeOf(path: string): string {
  let end = path.indexOf('/');
  for (let start = 0; end > 0; ) {
    if (!generic.has(path.slice(start, end))) return path.slice(0, end);
    start = end + 1;
    end = path.indexOf('/', start);
  }
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The folder that holds both; `a` may be a folder already. */
function commonFolder(a: string, b: string): string {
  if (b.startsWith(`${a}/`)) return a;
  let end = 0;
  for (let at = 0; at < a.length && a[at] === b[at]; at += 1) if (a[at] === '/') end = at;
  return a.slice(0, end);
}
