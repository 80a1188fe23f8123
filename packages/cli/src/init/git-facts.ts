// What git knows of a repository: its branches, the default one, and where it lies on GitHub.
import { realpath } from 'node:fs/promises';
import { isBranchName } from '@headgate/configuration/schema-values';
import { createGitCommand } from '@headgate/kit/git-command';
import type { RunCommand } from '@headgate/kit/process';

export interface GitFacts {
  /** Short names, of this clone and of origin. */
  readonly branches: readonly string[];
  /** Origin's default branch, or the one that is checked out; null where there is none. */
  readonly defaultBranch: string | null;
  readonly remote: Remote | null;
  /** The repository's root where that is another folder, further up. */
  readonly above: string | null;
}

export interface Remote {
  readonly host: string;
  readonly owner: string;
  readonly name: string;
}

const nothing: GitFacts = { branches: [], defaultBranch: null, remote: null, above: null };

/** Total: without git, or outside a repository, nothing is known. */
export async function readGitFacts(directory: string, run: RunCommand): Promise<GitFacts> {
  const git = createGitCommand(run, directory);
  const text = async (...args: readonly string[]): Promise<string | null> => {
    const result = await git(args).catch(() => null);
    return result?.code === 0 ? result.stdout.trim() : null;
  };
  const root = await text('rev-parse', '--show-toplevel');
  if (root === null) return nothing;
  // Another repository's branches say nothing about a folder inside it.
  if ((await realpath(directory)) !== (await realpath(root))) return { ...nothing, above: root };
  const references = await text('for-each-ref', '--format=%(refname)', 'refs/heads', 'refs/remotes/origin');
  const head = await text('symbolic-ref', '--quiet', 'refs/remotes/origin/HEAD');
  const current = await text('symbolic-ref', '--quiet', 'HEAD');
  return {
    branches: branchNames(references ?? ''),
    defaultBranch: shortName(head ?? current ?? ''),
    remote: readRemote((await text('config', '--get', 'remote.origin.url')) ?? ''),
    above: null,
  };
}

function branchNames(references: string): readonly string[] {
  const names = references.split('\n').map(shortName);
  return [...new Set(names.filter((name) => name !== null))].filter((name) => name !== 'HEAD');
}

function shortName(reference: string): string | null {
  const name = /^refs\/(?:heads|remotes\/origin)\/(.+)$/.exec(reference)?.[1] ?? '';
  // Git takes some names that headgate.yml does not.
  return isBranchName(name) ? name : null;
}

const part = '[A-Za-z0-9_.-]+';
const forms = [
  new RegExp(`^(?:https?|ssh|git)://(?:[^@/]*@)?(${part})(?::\\d+)?/(${part})/(${part}?)(?:\\.git)?/?$`),
  new RegExp(`^(?:[^@/:]*@)?(${part}):(?!/)(${part})/(${part}?)(?:\\.git)?/?$`),
];

/** `https://host/owner/name.git`, `git@host:owner/name.git` and their kin; null for anything else. */
export function readRemote(url: string): Remote | null {
  for (const form of forms) {
    const [, host, owner, name] = form.exec(url) ?? [];
    if (host !== undefined && owner !== undefined && name !== undefined && name !== '')
      return { host: host.toLowerCase(), owner, name };
  }
  return null;
}
