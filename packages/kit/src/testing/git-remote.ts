// Real temporary repositories: a bare remote and a clone to commit in.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface TestRepository {
  /** The clone's folder. */
  readonly directory: string;
  /** The bare repository it pushes to. */
  readonly remote: string;
  /** Runs git in the clone; returns its trimmed output, throws when it fails. */
  git(...args: readonly string[]): string;
  /** Writes the files (path → text), commits them, returns the commit. */
  commit(message: string, files?: Readonly<Record<string, string>>): string;
  remove(): void;
}

const who = {
  GIT_AUTHOR_NAME: 'Dana',
  GIT_AUTHOR_EMAIL: 'dana@example.com',
  GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
  GIT_COMMITTER_NAME: 'Dana',
  GIT_COMMITTER_EMAIL: 'dana@example.com',
  GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

/** An empty repository on branch `develop`, with a bare remote named origin. */
export function createTestRepository(): TestRepository {
  const root = mkdtempSync(join(tmpdir(), 'headgate-git-'));
  const directory = join(root, 'clone');
  const remote = join(root, 'remote.git');
  const run = (cwd: string, args: readonly string[]): string =>
    execFileSync('git', [...args], {
      cwd,
      env: { ...process.env, ...who },
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  run(root, ['init', '--quiet', '--bare', '--initial-branch=develop', remote]);
  run(root, ['init', '--quiet', '--initial-branch=develop', directory]);
  run(directory, ['remote', 'add', 'origin', remote]);
  const git = (...args: readonly string[]): string => run(directory, args);
  return {
    directory,
    remote,
    git,
    commit(message, files = {}) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(directory, path)), { recursive: true });
        writeFileSync(join(directory, path), text);
      }
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '--message', message);
      return git('rev-parse', 'HEAD');
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
