// Git plumbing with everything a checked-out repository could switch on against us switched off.
import { createGitCommand, gitFailure, safeRevision as safe } from './git-command.js';
import type { RemoteReference } from './git-remote.js';
import type { CommandResult, RunCommand } from './process.js';

export interface Git {
  /** The full object name `revision` means, or null. */
  revParse(revision: string): Promise<string | null>;
  /** The tree of a commit. */
  tree(revision: string): Promise<string>;
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
  /** Names of all tags, or of those that point at `revision`; sorted. */
  tags(revision?: string): Promise<readonly string[]>;
  /** Commits on the first-parent line of `to` that `from` does not reach; all of the line when `from` is null. */
  firstParentCount(from: string | null, to: string): Promise<number>;
  /** A file's text at a revision, or null when it is not there; at most 10 MiB. */
  show(revision: string, path: string): Promise<string | null>;
  /** Names of a commit's parents, first parent first. */
  parents(revision: string): Promise<readonly string[]>;
  /** Short names of the branches of origin, as they were fetched; sorted. */
  remoteBranches(): Promise<readonly string[]>;
  /** Branches of origin and tags, as they were fetched; names as the remote has them. */
  references(): Promise<readonly RemoteReference[]>;
  /** What commits say of themselves, in the given order; all of it is hostile text. At most a few hundred. */
  describe(commits: readonly string[]): Promise<readonly CommitDescription[]>;
  /** True when the history was cut by a shallow clone. */
  isShallow(): Promise<boolean>;
}

export interface CommitDescription {
  readonly commit: string;
  /** The author's name. */
  readonly author: string;
  /** ISO 8601, when it was committed. */
  readonly at: string;
  /** First line of its message. */
  readonly subject: string;
}

/**
 * Git in `directory`. Revisions that begin with `-` or hold control characters are refused.
 * @throws {ActionError} `git-failed` with git's own message; `tool-missing` without git.
 */
export function createGit(run: RunCommand, directory: string): Git {
  const command = createGitCommand(run, directory);
  const git = (...args: readonly string[]): Promise<CommandResult> => command(args);
  const text = async (...args: readonly string[]): Promise<string> => {
    const result = await git(...args);
    if (result.code !== 0) throw gitFailure(args, result);
    return result.stdout.trim();
  };
  const lines = async (...args: readonly string[]): Promise<readonly string[]> =>
    (await text(...args)).split('\n').filter((line) => line !== '');
  return {
    ...createListings(lines),
    async revParse(revision) {
      const result = await git('rev-parse', '--verify', '--quiet', '--end-of-options', safe(revision));
      return result.code === 0 ? result.stdout.trim() : null;
    },
    tree: (revision) => text('rev-parse', '--verify', '--end-of-options', `${safe(revision)}^{tree}`),
    async isAncestor(ancestor, descendant) {
      const args = ['merge-base', '--is-ancestor', '--end-of-options', safe(ancestor), safe(descendant)];
      const result = await git(...args);
      if (result.code > 1) throw gitFailure(args, result);
      return result.code === 0;
    },
    tags: (revision) =>
      lines('tag', '--list', ...(revision === undefined ? [] : ['--points-at', safe(revision)])),
    async firstParentCount(from, to) {
      const range = from === null ? safe(to) : `${safe(from)}..${safe(to)}`;
      return Number(await text('rev-list', '--first-parent', '--count', '--end-of-options', range));
    },
    async show(revision, path) {
      const result = await git('cat-file', 'blob', '--end-of-options', `${safe(revision)}:${path}`);
      return result.code === 0 ? result.stdout : null;
    },
    parents: async (revision) =>
      (await text('show', '--no-patch', '--format=%P', '--end-of-options', safe(revision)))
        .split(' ')
        .filter((parent) => parent !== ''),
    isShallow: async () => (await text('rev-parse', '--is-shallow-repository')) === 'true',
  };
}

type Listings = Pick<Git, 'remoteBranches' | 'references' | 'describe'>;

function createListings(lines: (...args: readonly string[]) => Promise<readonly string[]>): Listings {
  return {
    async remoteBranches() {
      const root = 'refs/remotes/origin/';
      const names = await lines('for-each-ref', '--format=%(refname)', root);
      return names.map((name) => name.slice(root.length)).filter((name) => name !== 'HEAD');
    },
    references: async () =>
      (await lines('for-each-ref', referenceFormat, 'refs/tags', 'refs/remotes/origin')).flatMap(
        readReference,
      ),
    async describe(commits) {
      if (commits.length === 0) return [];
      const found = await lines('log', '--no-walk=unsorted', describedFormat, ...commits.map(safe), '--');
      return found.map(readDescription);
    },
  };
}

/** A name, its object, and the commit behind that of an annotated tag. */
const referenceFormat = '--format=%(refname) %(objectname) %(*objectname)';

function readReference(line: string): readonly RemoteReference[] {
  const [name = '', object = '', behind = ''] = line.split(' ');
  if (name === 'refs/remotes/origin/HEAD') return [];
  const commit = behind === '' ? object : behind;
  return [{ name: name.replace('refs/remotes/origin/', 'refs/heads/'), commit }];
}

const describedFormat = '--format=%H%x00%an%x00%cI%x00%s';

function readDescription(line: string): CommitDescription {
  const [commit = '', author = '', at = '', subject = ''] = line.split('\0');
  return { commit, author, at, subject };
}
