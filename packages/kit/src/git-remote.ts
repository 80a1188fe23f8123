// Fetching and pushing with a token that stands in no argv and in no file.
import { ActionError } from './errors.js';
import { createGitCommand, gitFailure } from './git-command.js';
import type { CommandResult, RunCommand } from './process.js';

export type PushOutcome =
  | { readonly kind: 'pushed' }
  /** Somebody else was faster: fetch, and try again. */
  | { readonly kind: 'raced'; readonly reason: string }
  /** A rule of the server forbids it; trying again changes nothing. `reason` is the server's text. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface GitRemote {
  /** Fetches refspecs from origin; branches that are gone there go here too. */
  fetch(refspecs: readonly string[]): Promise<void>;
  /** Pushes one commit to `reference` (`refs/heads/…`), never by force. */
  push(commit: string, reference: string): Promise<PushOutcome>;
}

export interface GitRemoteOptions {
  readonly directory: string;
  /** GITHUB_SERVER_URL: the token is sent to no other server, whatever origin says. */
  readonly serverUrl: string;
  readonly token: string;
  readonly setSecret: (value: string) => void;
  readonly signal?: AbortSignal;
  /** Milliseconds for one call; 180,000 unless said. */
  readonly timeoutMs?: number;
}

/**
 * The remote `origin` of a checkout.
 * @throws {ActionError} from its calls: `github-permission` when the token may not, `git-failed` otherwise.
 */
export function createGitRemote(run: RunCommand, options: GitRemoteOptions): GitRemote {
  const { directory, timeoutMs = 180_000, signal } = options;
  const git = createGitCommand(run, directory);
  const env = authentication(options);
  const limits = { env, timeoutMs, ...(signal === undefined ? {} : { signal }) };
  return {
    async fetch(refspecs) {
      const args = [
        'fetch',
        '--quiet',
        '--no-tags',
        '--prune',
        '--no-write-fetch-head',
        'origin',
        ...refspecs,
      ];
      const result = await git(args, limits);
      if (result.code !== 0) throw denied(result) ?? gitFailure(args, result);
    },
    async push(commit, reference) {
      const args = ['push', '--porcelain', '--no-verify', 'origin', `${commit}:${reference}`];
      const result = await git(args, limits);
      if (result.code === 0) return { kind: 'pushed' };
      const outcome = readRejection(result);
      if (outcome === null) throw denied(result) ?? gitFailure(args, result);
      return outcome;
    },
  };
}

/** Through the environment, for that server alone; the empty value drops what a checkout may have left behind. */
function authentication({ serverUrl, token, setSecret }: GitRemoteOptions): Readonly<Record<string, string>> {
  if (token === '') return {};
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  setSecret(basic);
  const key = `http.${serverUrl.replace(/\/$/, '')}/.extraheader`;
  return {
    GIT_CONFIG_COUNT: '3',
    GIT_CONFIG_KEY_0: 'credential.helper',
    GIT_CONFIG_VALUE_0: '',
    GIT_CONFIG_KEY_1: key,
    GIT_CONFIG_VALUE_1: '',
    GIT_CONFIG_KEY_2: key,
    GIT_CONFIG_VALUE_2: `AUTHORIZATION: basic ${basic}`,
  };
}

/** What a server says when another push came in between. */
const races =
  /fetch first|non-fast-forward|stale info|cannot lock ref|failed to (?:update|lock) ref|incorrect old value/;

/** From `git push --porcelain`: `!\t<from>:<to>\t[rejected] (reason)`. Null when no reference was rejected. */
function readRejection({ stdout, stderr }: CommandResult): PushOutcome | null {
  const [, summary] = /^!\t[^\t]*\t(.*)$/m.exec(stdout) ?? [];
  if (summary === undefined) return null;
  if (races.test(summary)) return { kind: 'raced', reason: summary };
  return { kind: 'refused', reason: serverWords(stderr) || summary };
}

/** The server's own lines, at most ten. */
function serverWords(stderr: string): string {
  return [...stderr.matchAll(/^remote: *(.*\S)/gm)]
    .map(([, line = '']) => line)
    .slice(0, 10)
    .join(' ');
}

/** 401, 403 and 404 of a server: the token, not the repository, is at fault. */
function denied({ stderr }: CommandResult): ActionError | null {
  if (
    !/error: 40[13]|Authentication failed|could not read Username|Permission to .* denied|not found/i.test(
      stderr,
    )
  ) {
    return null;
  }
  return new ActionError({
    code: 'github-permission',
    message: `git may not reach origin with this token: ${serverWords(stderr) || stderr.trim().split('\n').at(-1)}`,
    hint: 'Add `contents: write` to `permissions:` of the job, and pass github-token.',
  });
}
