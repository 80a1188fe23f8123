// One git call with everything a checked-out repository could switch on against us switched off.
import { ActionError } from './errors.js';
import type { CommandResult, RunCommand } from './process.js';

export interface GitCommandOptions {
  /** Added to git's environment: identities, and settings that must not stand in argv. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds; that of `run` unless said. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Runs git; a code other than 0 is a result. */
export type GitCommand = (args: readonly string[], options?: GitCommandOptions) => Promise<CommandResult>;

/** Hooks, file system monitors, external protocols and system configuration cannot run anything through us. */
const safety: readonly string[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['protocol.ext.allow', 'never'],
  ['core.pager', 'cat'],
  ['safe.directory', '*'],
].flatMap(([key, value]) => ['-c', `${key}=${value}`]);

const safeEnvironment = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  LC_ALL: 'C',
};

export function createGitCommand(run: RunCommand, directory: string): GitCommand {
  return (args, { env = {}, timeoutMs, signal } = {}) =>
    run(
      { file: 'git', args: [...safety, ...args], cwd: directory, env: { ...safeEnvironment, ...env } },
      {
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        ...(signal === undefined ? {} : { signal }),
      },
    );
}

/** `\p{Cc}` is every control character. */
const forbidden = /[\p{Cc} ~^:?*[\\]|\.\./u;

/** A revision that git cannot take for an option or an expression. @throws {ActionError} `git-failed` */
export function safeRevision(revision: string): string {
  if (revision !== '' && !revision.startsWith('-') && !forbidden.test(revision)) return revision;
  throw new ActionError({
    code: 'git-failed',
    message: `a revision was expected, ${JSON.stringify(revision)} was found`,
    hint: 'Give a commit, branch or tag name.',
  });
}

/** What a call that should have succeeded ended with, in git's own words. */
export function gitFailure(args: readonly string[], { code, stderr }: CommandResult): ActionError {
  return new ActionError({
    code: 'git-failed',
    message: `git ${args[0] ?? ''} ended with ${code}: ${stderr.trim().split('\n').at(-1) ?? ''}`,
    hint: 'Check the repository out with `fetch-depth: 0` before this step.',
  });
}
