// Files that are made from others, merged back on real repositories: made again, and nothing else settled.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ActionResult } from '@headgate/kit/action';
import { runCommand } from '@headgate/kit/process';
import { parseSecretMap } from '@headgate/kit/secrets';
import { createTestContext, createTestDeps, type TestDeps } from '@headgate/kit/testing/deps';
import { createTestRepository, type TestRepository } from '@headgate/kit/testing/git-remote';
import { createTestGitHub, type TestGitHub } from '@headgate/kit/testing/github';
import { afterEach, describe, expect, it } from '@jest/globals';
import { backMergeRun } from '../src/back-merge.js';
import { decisionOf } from './fixtures.js';

const pulls = 'GET /repos/{owner}/{repo}/pulls';
const open = 'POST /repos/{owner}/{repo}/pulls';

let repository: TestRepository;
let github: TestGitHub;
let deps: TestDeps;
let source: string;

afterEach(() => repository.remove());

/** The lock lists the files in `parts`; the script also touches a file that nobody asked for. */
const script = `import { readdirSync, writeFileSync } from 'node:fs';
writeFileSync('lock.txt', readdirSync('parts').sort().join('\\n') + '\\n');
writeFileSync('other.txt', 'touched by the command');
`;

function headgateOf(run: readonly string[], deadline = '1m'): string {
  const rule = `{paths: [lock.txt], run: ${JSON.stringify(run)}, deadline: ${deadline}}`;
  return `application: shop\nimages: {shop: {}}\nback-merge: {derived: [${rule}]}\n`;
}

const usual = headgateOf([process.execPath, 'make.mjs']);

/** master and develop with the same lock. */
function begin(headgate: string): void {
  repository = createTestRepository();
  github = createTestGitHub();
  const files = {
    'headgate.yml': headgate,
    Dockerfile: '',
    'make.mjs': script,
    'other.txt': 'x\n',
    'parts/a': '',
  };
  repository.commit('one', { ...files, 'lock.txt': 'a\n' });
  repository.git('branch', 'master');
  repository.git('push', '--quiet', 'origin', 'develop', 'master');
  github.on(pulls, []);
  github.on(open, () => ({ html_url: 'https://github.com/acme/shop/pull/7' }));
  github.on('POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches', {});
}

function release(files: Readonly<Record<string, string>>): void {
  const { git } = repository;
  git('checkout', '--quiet', '-B', 'release/1.0.0', 'master');
  repository.commit('release', files);
  git('checkout', '--quiet', 'master');
  git('merge', '--quiet', '--no-ff', '--message', 'Merge release/1.0.0', 'release/1.0.0');
  git('push', '--quiet', 'origin', 'master');
  source = git('rev-parse', 'HEAD');
  github.on('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', []);
}

function develop(files: Readonly<Record<string, string>>): void {
  repository.git('checkout', '--quiet', 'develop');
  repository.commit('work', files);
  repository.git('push', '--quiet', 'origin', 'develop');
  repository.git('checkout', '--quiet', 'master');
}

function backMerge(): Promise<ActionResult> {
  const context = createTestContext({
    sha: source,
    workspace: repository.directory,
    ref: 'refs/heads/master',
  });
  const temporary = join(dirname(repository.directory), 'step');
  mkdirSync(temporary, { recursive: true });
  deps = createTestDeps({ run: runCommand, connectGitHub: github.connect, context, temporary });
  return backMergeRun(
    {
      mode: 'back-merge',
      version: '1.0.0',
      decision: JSON.stringify(decisionOf({ branch: 'master', branchKind: 'production' })),
      configuration: 'headgate.yml',
      githubToken: 'job-token',
      flowSecrets: parseSecretMap('', { name: 'flow-secrets', setSecret: () => undefined }),
      appId: '',
      workflow: 'delivery.yml',
    },
    deps,
  );
}

function outcome({ outputs }: ActionResult): string {
  return (JSON.parse(String(outputs['back-merge'])) as { outcome: string }[])[0]?.outcome ?? '';
}

/** A file on the remote's develop. */
function onDevelop(path: string): string {
  repository.git('fetch', '--quiet', 'origin');
  return repository.git('show', `origin/develop:${path}`);
}

const body = (): string => String(github.calls.find(({ route }) => route === open)?.parameters['body']);

describe('a derived file that both sides changed', () => {
  it('is made from the merged files where it conflicts, and nothing else the command did is taken', async () => {
    begin(usual);
    release({ 'parts/b': '', 'lock.txt': 'a\nb\n' });
    develop({ 'parts/c': '', 'lock.txt': 'a\nc\n' });

    expect(outcome(await backMerge())).toBe('merged');

    expect(onDevelop('lock.txt')).toBe('a\nb\nc');
    expect(onDevelop('other.txt')).toBe('x');
    expect(repository.git('show', '--no-patch', '--format=%B', 'origin/develop')).toContain(
      'Made again, not merged: lock.txt',
    );
    expect(repository.git('show', '--no-patch', '--format=%P', 'origin/develop').split(' ')).toHaveLength(2);
    expect(repository.git('status', '--porcelain')).toBe('');
  });

  it('is made again also where git could merge its lines', async () => {
    begin(usual);
    const lines = (first: string, last: string): string => `${[first, ...'123456789', last].join('\n')}\n`;
    repository.git('checkout', '--quiet', 'master');
    repository.commit('a long lock', { 'lock.txt': lines('x', 'y') });
    repository.git('push', '--quiet', '--force', 'origin', 'master', 'master:develop');
    repository.git('checkout', '--quiet', '-B', 'develop');
    release({ 'parts/b': '', 'lock.txt': lines('b', 'y') });
    develop({ 'parts/c': '', 'lock.txt': lines('x', 'c') });

    expect(outcome(await backMerge())).toBe('merged');
    expect(onDevelop('lock.txt')).toBe('a\nb\nc');
  });
});

describe('the command is not run', () => {
  it('where one side alone changed the file', async () => {
    begin(headgateOf([process.execPath, '-e', 'process.exit(1)']));
    release({ 'lock.txt': 'of the release\n' });
    develop({ 'parts/c': '' });

    expect(outcome(await backMerge())).toBe('merged');
    expect(onDevelop('lock.txt')).toBe('of the release');
  });

  it('where something else conflicts: people settle both', async () => {
    begin(usual);
    release({ 'lock.txt': 'a\nb\n', 'other.txt': 'one\n' });
    develop({ 'lock.txt': 'a\nc\n', 'other.txt': 'two\n' });

    expect(outcome(await backMerge())).toBe('conflict');
    expect(body()).toMatch(/`lock.txt`[\s\S]*`other.txt`/);
  });

  it('that this very release brings: it counts from the next one on', async () => {
    begin('application: shop\nimages: {shop: {}}\n');
    release({ 'lock.txt': 'a\nb\n', 'headgate.yml': usual });
    develop({ 'lock.txt': 'a\nc\n' });

    expect(outcome(await backMerge())).toBe('conflict');
  });
});

describe('the command', () => {
  const conflict = (): void => {
    release({ 'lock.txt': 'a\nb\n' });
    develop({ 'lock.txt': 'a\nc\n' });
  };

  it('finds no token, no input and no variable of the runner', async () => {
    const names = [
      'GITHUB_TOKEN',
      'INPUT_GITHUB-TOKEN',
      'ACTIONS_RUNTIME_TOKEN',
      'RUNNER_TEMP',
      'GIT_INDEX_FILE',
    ];
    const print = "require('fs').writeFileSync('lock.txt', Object.keys(process.env).join('\\n'))";
    begin(headgateOf([process.execPath, '-e', print]));
    conflict();
    for (const name of names) process.env[name] = 'hidden';
    try {
      expect(outcome(await backMerge())).toBe('merged');
    } finally {
      for (const name of names) delete process.env[name];
    }
    const seen = onDevelop('lock.txt').split('\n');
    expect(seen).toContain('PATH');
    expect(seen.filter((name) => /^(?:GITHUB|INPUT|ACTIONS|RUNNER|GIT)_/.test(name))).toEqual([]);
  });

  it.each<[string, readonly string[], string, string]>([
    [
      'fails',
      [process.execPath, '-e', "console.error('no registry'); process.exit(3)"],
      '1m',
      'ended with 3: no registry',
    ],
    ['is not there', ['no-such-command'], '1m', 'could not be started'],
    ['does not end', [process.execPath, '-e', 'setInterval(() => {}, 1000)'], '1s', 'was killed'],
    [
      'takes the file away',
      [process.execPath, '-e', "require('fs').rmSync('lock.txt')"],
      '1m',
      'expected to leave the file lock.txt',
    ],
    [
      'makes a link of it',
      [
        process.execPath,
        '-e',
        "const f=require('fs');f.rmSync('lock.txt');f.symlinkSync('/etc/hostname','lock.txt')",
      ],
      '1m',
      'expected to leave the file lock.txt',
    ],
  ])('%s: a pull request says so, and no branch moves', async (_, command, deadline, words) => {
    begin(headgateOf(command, deadline));
    conflict();
    const before = onDevelop('lock.txt');

    expect(outcome(await backMerge())).toBe('conflict');

    expect(body()).toContain(words);
    expect(onDevelop('lock.txt')).toBe(before);
  });
});
