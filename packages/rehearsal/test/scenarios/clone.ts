// A person's working clone: commits made of files, pushed over git's own HTTP protocol.
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand } from '@headgate/kit/process';
import type { Person } from '../../src/github/social.js';
import { identity } from '../../src/parts/git-seed.js';

export interface Change {
  readonly branch: string;
  /** Where a new branch begins; an existing one goes on. */
  readonly from?: string;
  readonly message?: string;
  /** Path → its text; null: deleted. */
  readonly files?: Readonly<Record<string, string | null>>;
}

export interface Clone {
  /** Commits without pushing. Returns the commit. */
  commit(change: Change): Promise<string>;
  /** Pushes what was committed last to a branch. */
  push(branch: string): Promise<void>;
  git(...args: string[]): Promise<string>;
}

/** Clones `repository` as `person`; `directory` must not exist. */
export async function cloneAs(person: Person, repository: string, directory: string): Promise<Clone> {
  const run = async (args: readonly string[]): Promise<string> => {
    const env = {
      ...identity(person.identity.name, person.identity.email, 1_700_000_100),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
    };
    const cwd = existsSync(directory) ? directory : dirname(directory);
    const result = await runCommand({ file: 'git', args, cwd, env });
    if (result.code !== 0) throw new Error(`git ${args[0]}: ${result.stderr}`);
    return result.stdout.trim();
  };
  await run(['clone', '--quiet', person.remote(repository), directory]);
  return {
    git: (...args) => run(args),
    async commit({ branch, from = 'develop', message = `change ${branch}`, files = {} }) {
      await run(['fetch', '--quiet', '--prune', 'origin']);
      const listed = await run(['for-each-ref', '--format=%(refname)', 'refs/remotes/origin']);
      const known = listed.split('\n').includes(`refs/remotes/origin/${branch}`);
      await run([
        'checkout',
        '--quiet',
        '--force',
        '--detach',
        `refs/remotes/origin/${known ? branch : from}`,
      ]);
      for (const [path, text] of Object.entries(files)) {
        const file = join(directory, path);
        await mkdir(dirname(file), { recursive: true });
        if (text === null) await rm(file);
        else await writeFile(file, text);
      }
      await run(['add', '--all']);
      await run(['commit', '--quiet', '--allow-empty', '--message', message]);
      return run(['rev-parse', 'HEAD']);
    },
    push: async (branch) => {
      await run(['push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`]);
    },
  };
}
