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

/** How much of a history is fetched: so many commits more than a shallow clone has, so many at all, or all of it. */
export type FetchDepth = { readonly deepen: number } | { readonly depth: number } | 'all';

export interface RemoteReference {
  /** `refs/heads/develop`, `refs/tags/v1.0.0` */
  readonly name: string;
  /** The commit behind it, also of an annotated tag. */
  readonly commit: string;
}

export interface GitRemote {
  /** Fetches refspecs from origin; branches that are gone there go here too. `depth`: of a shallow clone only. */
  fetch(refspecs: readonly string[], depth?: FetchDepth): Promise<void>;
  /** Branches and tags as the remote has them now. */
  references(): Promise<readonly RemoteReference[]>;
  /** Pushes one commit to `reference` (`refs/heads/…`); by force only in place of the commit that it `replaces`. */
  push(commit: string, reference: string, replaces?: string): Promise<PushOutcome>;
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
    async fetch(refspecs, depth) {
      const args = [
        'fetch',
        '--quiet',
        '--no-tags',
        '--prune',
        '--no-write-fetch-head',
        ...depthOption(depth),
        'origin',
        ...refspecs,
      ];
      const result = await git(args, limits);
      if (result.code !== 0) throw denied(result, 'read') ?? gitFailure(args, result);
    },
    async references() {
      const args = ['ls-remote', '--quiet', 'origin', 'refs/heads/*', 'refs/tags/*'];
      const result = await git(args, limits);
      if (result.code !== 0) throw denied(result, 'read') ?? gitFailure(args, result);
      return readReferences(result.stdout);
    },
    async push(commit, reference, replaces) {
      const lease = replaces === undefined ? [] : [`--force-with-lease=${reference}:${replaces}`];
      const args = ['push', '--porcelain', '--no-verify', ...lease, 'origin', `${commit}:${reference}`];
      const result = await git(args, limits);
      if (result.code === 0) return { kind: 'pushed' };
      const outcome = readRejection(result);
      if (outcome === null) throw denied(result, 'write') ?? gitFailure(args, result);
      return outcome;
    },
  };
}

function depthOption(depth: FetchDepth | undefined): readonly string[] {
  if (depth === undefined) return [];
  if (depth === 'all') return ['--unshallow'];
  return 'deepen' in depth ? [`--deepen=${depth.deepen}`] : [`--depth=${depth.depth}`];
}

/** `<object>\t<name>`, and once more with `^{}` behind it for the commit of an annotated tag. */
function readReferences(text: string): readonly RemoteReference[] {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [commit = '', name = ''] = line.split('\t');
    if (/^[0-9a-f]{40,64}$/.test(commit) && name !== '') found.set(name.replace(/\^\{\}$/, ''), commit);
  }
  return [...found].map(([name, commit]) => ({ name, commit }));
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
function denied({ stderr }: CommandResult, needed: 'read' | 'write'): ActionError | null {
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
    hint: `Add \`contents: ${needed}\` to \`permissions:\` of the job, and pass github-token.`,
  });
}
