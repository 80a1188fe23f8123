// Questions to the history of shallow clones, over git's own HTTP: the answers are those of the whole history.
import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createGit } from '../src/git.js';
import { createGitHistory, type GitHistory } from '../src/git-history.js';
import { createGitRemote, type FetchDepth } from '../src/git-remote.js';
import { runCommand } from '../src/process.js';
import { createTestRepository, type TestRepository } from '../src/testing/git-remote.js';
import { type GitServer, startGitServer } from '../src/testing/git-server.js';

let repository: TestRepository;
let server: GitServer;
let fetched: FetchDepth[];
let clones = 0;

beforeEach(async () => {
  repository = createTestRepository();
  server = await startGitServer(repository.remote);
  fetched = [];
});

afterEach(async () => {
  await server.close();
  repository.remove();
});

interface Clone {
  readonly directory: string;
  readonly history: GitHistory;
}

async function shallow(branch: string, refspecs: readonly string[]): Promise<Clone> {
  clones += 1;
  const directory = await server.clone(`clone-${clones}`, { depth: 1, branch });
  const remote = createGitRemote(runCommand, {
    directory,
    serverUrl: server.url,
    token: '',
    setSecret: () => {},
  });
  await remote.fetch(refspecs, { depth: 1 });
  const deepen = (depth: FetchDepth): Promise<void> => {
    fetched.push(depth);
    return remote.fetch(refspecs, depth);
  };
  return { directory, history: createGitHistory(runCommand, { directory, deepen }) };
}

const everything = ['+refs/heads/*:refs/remotes/origin/*'];

/** Commits without files, one after another on the branch that is checked out; the last one's name. */
function commits(count: number, name: string): string {
  const branch = repository.git('symbolic-ref', 'HEAD');
  const exists = repository.git('for-each-ref', branch) !== '';
  const from = (number: number): string => (number === 0 && exists ? `from ${branch}^0\n` : '');
  const texts = Array.from({ length: count }, (_, number) => `${name} ${number}`);
  const stream = texts.map(
    (text, number) =>
      `commit ${branch}\ncommitter Dana <dana@example.com> 1767225600 +0000\ndata ${text.length}\n${text}\n${from(number)}\n`,
  );
  const { directory: cwd } = repository;
  execFileSync('git', ['fast-import', '--quiet'], { cwd, input: stream.join('') });
  return repository.git('rev-parse', 'HEAD');
}

function push(...branches: readonly string[]): void {
  repository.git('push', '--quiet', 'origin', ...branches);
}

describe('a shallow clone', () => {
  it('counts the commits since production, and fetches no more than that takes', async () => {
    commits(400, 'old');
    repository.git('branch', 'master');
    commits(5, 'new');
    push('develop', 'master');
    const { directory, history } = await shallow('develop', everything);

    expect(await history.firstParentCount('refs/remotes/origin/master', 'HEAD')).toBe(5);
    expect(fetched).toEqual([{ deepen: 32 }]);
    expect(await createGit(runCommand, directory).isShallow()).toBe(true);
  });

  it('goes on where one step is not enough', async () => {
    commits(30, 'old');
    repository.git('branch', 'master');
    commits(100, 'new');
    push('develop', 'master');
    const { history } = await shallow('develop', everything);

    expect(await history.firstParentCount('refs/remotes/origin/master', 'HEAD')).toBe(100);
    expect(fetched).toEqual([{ deepen: 32 }, { deepen: 256 }]);
  });

  it('does not count what production has got by a merge', async () => {
    const { git } = repository;
    commits(60, 'old');
    git('branch', 'master');
    git('checkout', '--quiet', '-b', 'release/1.0.0');
    commits(40, 'polish');
    git('checkout', '--quiet', 'master');
    git('merge', '--quiet', '--no-ff', '--message', 'release', 'release/1.0.0');
    commits(40, 'later');
    git('checkout', '--quiet', 'release/1.0.0');
    git('merge', '--quiet', '--no-ff', '--message', 'back', 'master~5');
    commits(3, 'more polish');
    push('develop', 'master', 'release/1.0.0');
    const { history } = await shallow('release/1.0.0', everything);

    expect(await history.firstParentCount('refs/remotes/origin/master', 'HEAD')).toBe(4);
  });

  it('counts a whole line where there is no production', async () => {
    commits(50, 'old');
    push('develop');
    const { history } = await shallow('develop', everything);

    expect(await history.firstParentCount(null, 'HEAD')).toBe(50);
  });

  it('knows whether a commit that it does not have is contained', async () => {
    const first = commits(1, 'first');
    commits(80, 'old');
    push('develop');
    repository.git('checkout', '--quiet', '--orphan', 'elsewhere');
    const foreign = repository.commit('foreign');
    push('elsewhere');
    const refspecs = ['+refs/heads/develop:refs/remotes/origin/develop'];
    const { history } = await shallow('develop', refspecs);

    expect(await history.isAncestor(first, 'HEAD')).toBe(true);
    expect(await history.isAncestor(foreign, 'HEAD')).toBe(false);
  });

  it('knows the parents of a commit at its edge', async () => {
    commits(2, 'old');
    push('develop');
    const { history } = await shallow('develop', everything);

    expect(await history.parents('HEAD')).toEqual([repository.git('rev-parse', 'HEAD^')]);
  });

  it('finds what a release brought, and fetches no more than that takes', async () => {
    commits(300, 'old');
    const tagged = repository.git('rev-parse', 'HEAD');
    commits(10, 'new');
    push('develop');
    const { history } = await shallow('develop', everything);

    expect(await history.isAncestor(tagged, 'HEAD')).toBe(true);
    expect(await history.commits('HEAD', [tagged, 'f'.repeat(40)])).toHaveLength(10);
    expect(fetched).toEqual([{ deepen: 32 }]);
  });

  it('says what to do when the remote does not give enough', async () => {
    commits(2, 'old');
    push('develop');
    const directory = await server.clone('alone', { depth: 1, branch: 'develop' });
    const history = createGitHistory(runCommand, { directory, deepen: async () => undefined });

    await expect(history.parents('HEAD')).rejects.toMatchObject({ code: 'shallow-checkout' });
  });

  it('of any history gives the answers of the whole one', async () => {
    // Each commit has one or two of the commits before it as parents.
    const picks = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), { minLength: 12, maxLength: 28 });
    await fc.assert(
      fc.asyncProperty(picks, fc.nat(), fc.nat(), async (shape, left, right) => {
        const { git } = repository;
        const tree = git('write-tree');
        const made: string[] = [git('commit-tree', '-m', 'root', tree)];
        const earlier = (back: number): string => made[Math.max(0, made.length - 1 - (back % 4))] ?? '';
        for (const [one, two, merge] of shape) {
          const parents = [...new Set([earlier(one), ...(merge ? [earlier(two)] : [])])];
          made.push(
            git('commit-tree', ...parents.flatMap((each) => ['-p', each]), '-m', `${made.length}`, tree),
          );
        }
        const [a, b] = [made[left % made.length] ?? '', made[made.length - 1 - (right % 6)] ?? ''];
        git('push', '--quiet', '--force', 'origin', `${a}:refs/heads/a`, `${b}:refs/heads/b`);
        const { directory, history } = await shallow('b', everything);
        const whole = createGit(runCommand, repository.directory);

        expect(await history.firstParentCount(a, b)).toBe(await whole.firstParentCount(a, b));
        expect(await history.isAncestor(a, b)).toBe(await whole.isAncestor(a, b));
        await history.meet(a, b);
        const bases = await runCommand({ file: 'git', args: ['merge-base', '--all', a, b], cwd: directory });
        expect(bases.stdout.trim().split('\n').sort()).toEqual(
          git('merge-base', '--all', a, b).split('\n').sort(),
        );
      }),
      { numRuns: 8 },
    );
  });
});

describe('a whole clone', () => {
  it('is never fetched for', async () => {
    commits(3, 'old');
    push('develop');
    const { directory } = repository;
    const deepen = (): Promise<void> => Promise.reject(new Error('nothing to fetch'));
    const history = createGitHistory(runCommand, { directory, deepen });
    const before = repository.git('rev-parse', 'HEAD~2');

    expect(await history.firstParentCount(before, 'HEAD')).toBe(2);
    expect(await history.isAncestor('HEAD', before)).toBe(false);
    expect(await history.isAncestor('f'.repeat(40), 'HEAD')).toBe(false);
    await history.meet('HEAD', before);
  });
});
