// A bare repository on disk, driven by the real git: argv arrays only, an environment of our own, fixed configuration.
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where git is looked for; the caller's own environment stays out (GIT_DIR and the like would mislead git). */
const toolPath = '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin:/opt/homebrew/bin';

export interface Identity {
  readonly name: string;
  readonly email: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

export class GitFailure extends Error {
  readonly code: number;
  readonly stdout: string;

  constructor(args: readonly string[], code: number, output: { stdout: string; stderr: string }) {
    super(`git ${args[0] ?? ''} ended with ${code}: ${output.stderr.trim()}`);
    this.name = 'GitFailure';
    this.code = code;
    this.stdout = output.stdout;
  }
}

export interface GitCall {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** `latin1` keeps every byte: for contents that may be no text. */
  readonly encoding?: 'utf8' | 'latin1';
}

export interface GitStore {
  readonly directory: string;
  /** Standard output as written; rejects with GitFailure. */
  run(args: readonly string[], call?: GitCall): Promise<string>;
}

/** The environment every git of the double runs in. */
export const gitEnvironment = (home: string): Record<string, string> => ({
  PATH: toolPath,
  HOME: home,
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
});

export function identityEnvironment(author: Identity, committer: Identity): Record<string, string> {
  const date = (identity: Identity): string => `@${Math.floor(identity.time / 1000)} +0000`;
  return {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: date(author),
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
    GIT_COMMITTER_DATE: date(committer),
  };
}

export function openGitStore(directory: string): GitStore {
  return {
    directory,
    run: (args, call = {}) =>
      new Promise((resolve, reject) => {
        const options = {
          cwd: directory,
          env: { ...gitEnvironment(directory), ...call.env },
          maxBuffer: 256 * 1024 * 1024,
          timeout: 60_000,
          encoding: call.encoding ?? 'utf8',
        };
        const child = execFile('git', [...args], options, (error, stdout, stderr) => {
          if (error === null) resolve(stdout);
          else
            reject(
              new GitFailure(args, typeof error.code === 'number' ? error.code : -1, { stdout, stderr }),
            );
        });
        // A git that ends before it has read all its input is judged by its exit code.
        child.stdin?.on('error', () => undefined);
        child.stdin?.end(call.input ?? '');
      }),
  };
}

// Refuses, by exact name, what the server decided before it started git, and for jobs any workflow file that no branch
// holds yet: only here are the pushed objects at hand. git then reports `hook declined` for that ref alone.
const updateHook = `#!/bin/sh
if printf '%s\\n' "$HEADGATE_REFUSED" | grep -Fxq -e "$1"; then
  echo "error: GH006: Protected branch update failed for $1." >&2
  echo 'error: Changes must be made through a pull request.' >&2
  exit 1
fi
case "$3" in *[!0]*) ;; *) exit 0 ;; esac
[ "$HEADGATE_GUARDED" = 1 ] || exit 0
file=$(git ls-tree -r "$3" -- .github/workflows/ | sed 's/^[0-9]* [a-z]* //' |
  grep -Fxv -e "$HEADGATE_WORKFLOWS" | head -n 1 | cut -f 2)
[ -z "$file" ] && exit 0
printf 'error: refusing to allow a GitHub App to create or update workflow \`%s\` without \`workflows\` permission\\n' "$file" >&2
exit 1
`;

// GitHub answers for any reachable commit and serves partial clones. Pull request refs are read-only: "deny updating a
// hidden ref". Source: probe of github.com (git push origin :refs/pull/1/head)
const configuration = `[core]
	repositoryformatversion = 0
	bare = true
	logAllRefUpdates = false
[http]
	receivepack = true
[uploadpack]
	allowAnySHA1InWant = true
	allowFilter = true
[receive]
	hideRefs = refs/pull
[gc]
	auto = 0
`;

/** Makes an empty bare repository whose HEAD is the default branch, or a full copy of `source`. */
export async function createGitStore(
  directory: string,
  defaultBranch: string,
  source?: string,
): Promise<GitStore> {
  await mkdir(directory, { recursive: true });
  const git = openGitStore(directory);
  await git.run(['init', '-q', '--bare', '--template=', `--initial-branch=${defaultBranch}`, '.']);
  await writeFile(join(directory, 'config'), configuration);
  await mkdir(join(directory, 'hooks'));
  await writeFile(join(directory, 'hooks', 'update'), updateHook, { mode: 0o755 });
  if (source !== undefined) {
    await git.run(['fetch', '-q', source, '+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']);
  }
  return git;
}
