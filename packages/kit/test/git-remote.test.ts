// Fetching and pushing: a real bare repository, and a server that refuses.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createGit } from '../src/git.js';
import { createGitRemote, type GitRemote } from '../src/git-remote.js';
import { type Command, type RunCommand, runCommand } from '../src/process.js';
import { createTestRepository, type TestRepository } from '../src/testing/git-remote.js';
import { startTestServer, type TestServer } from '../src/testing/http-server.js';

let repository: TestRepository;
let commands: Command[];
let masked: string[];
let server: TestServer | null = null;

beforeEach(() => {
  repository = createTestRepository();
  commands = [];
  masked = [];
  repository.commit('one', { 'a.txt': '1' });
  repository.git('push', '--quiet', 'origin', 'develop');
});

afterEach(async () => {
  repository.remove();
  await server?.close();
  server = null;
});

function remoteOf(serverUrl = 'https://github.example'): GitRemote {
  const run: RunCommand = (command, options) => {
    commands.push(command);
    return runCommand(command, options);
  };
  return createGitRemote(run, {
    directory: repository.directory,
    serverUrl,
    token: 'the-token',
    setSecret: (value) => masked.push(value),
  });
}

/** A hook of the server that refuses every push with these words. */
function refuseWith(...lines: readonly string[]): void {
  const hooks = join(repository.remote, 'hooks');
  mkdirSync(hooks, { recursive: true });
  const text = lines.map((line) => `echo '${line}' >&2`).join('\n');
  writeFileSync(join(hooks, 'pre-receive'), `#!/bin/sh\n${text}\nexit 1\n`);
  chmodSync(join(hooks, 'pre-receive'), 0o755);
}

describe('createGitRemote', () => {
  it('pushes a commit to a branch, and fetches what others pushed', async () => {
    const two = repository.commit('two');
    repository.git('reset', '--quiet', '--hard', 'HEAD~1');
    const remote = remoteOf();

    expect(await remote.push(two, 'refs/heads/develop')).toEqual({ kind: 'pushed' });
    repository.git('update-ref', 'refs/remotes/origin/gone', two);
    await remote.fetch(['+refs/heads/*:refs/remotes/origin/*']);

    expect(repository.git('rev-parse', 'origin/develop')).toBe(two);
    expect(repository.git('for-each-ref', 'refs/remotes/origin/gone')).toBe('');
  });

  it('somebody was faster: raced, and their commit stays', async () => {
    const theirs = repository.commit('theirs');
    repository.git('push', '--quiet', 'origin', 'develop');
    repository.git('reset', '--quiet', '--hard', 'HEAD~1');
    const ours = repository.commit('ours', { 'b.txt': '1' });

    expect(await remoteOf().push(ours, 'refs/heads/develop')).toMatchObject({ kind: 'raced' });
    expect(repository.git('ls-remote', 'origin', 'refs/heads/develop')).toContain(theirs);
  });

  it('names branches and tags of the remote with their commits, as a fetched clone does', async () => {
    const one = repository.git('rev-parse', 'HEAD');
    repository.git('tag', 'light');
    repository.git('tag', '--annotate', '--message', 'x', 'annotated');
    repository.git('push', '--quiet', 'origin', 'light', 'annotated', 'develop:refs/heads/a/b');
    repository.git('fetch', '--quiet', 'origin');
    const expected = ['refs/heads/a/b', 'refs/heads/develop', 'refs/tags/annotated', 'refs/tags/light'];
    const named = expected.map((name) => ({ name, commit: one }));

    expect(await remoteOf().references()).toEqual(named);
    const local = await createGit(runCommand, repository.directory).references();
    expect(local.toSorted((left, right) => left.name.localeCompare(right.name))).toEqual(named);
  });

  it('replaces a commit only where the branch is still at it', async () => {
    const first = repository.git('rev-parse', 'HEAD');
    const second = repository.commit('two');
    repository.git('push', '--quiet', 'origin', 'develop');
    repository.git('reset', '--quiet', '--hard', first);
    const other = repository.commit('another two');
    const remote = remoteOf();

    expect(await remote.push(other, 'refs/heads/develop', first)).toMatchObject({ kind: 'raced' });
    expect(await remote.push(other, 'refs/heads/develop', second)).toEqual({ kind: 'pushed' });
  });

  it('a rule of the server: refused, in the server’s words', async () => {
    refuseWith('error: GH006: Protected branch update failed', 'error: Changes must be made through one');

    expect(await remoteOf().push(repository.commit('two'), 'refs/heads/develop')).toEqual({
      kind: 'refused',
      reason: 'error: GH006: Protected branch update failed error: Changes must be made through one',
    });
  });

  it('the token is in no argument, goes to its own server alone, and is masked as it travels', async () => {
    server = await startTestServer();
    server.on('GET /*', {
      status: 403,
      body: 'Permission to acme/shop.git denied to github-actions[bot].',
    });
    const { url, requests } = server;
    const authorizations = (): readonly unknown[] => requests.map(({ headers }) => headers['authorization']);
    repository.git('remote', 'set-url', 'origin', `${url}/acme/shop.git`);
    repository.git('config', `http.${url}/.extraheader`, 'AUTHORIZATION: basic left-behind');
    const push = (serverUrl: string): Promise<unknown> =>
      remoteOf(serverUrl).push(repository.git('rev-parse', 'HEAD'), 'refs/heads/x');

    await expect(push(url)).rejects.toMatchObject({
      code: 'github-permission',
      hint: expect.stringContaining('contents: write'),
    });
    const basic = Buffer.from('x-access-token:the-token').toString('base64');
    expect(authorizations()).toEqual([`basic ${basic}`]);
    expect(masked).toEqual([basic]);
    expect(JSON.stringify(commands.map(({ args }) => args))).not.toMatch(/the-token|basic/);

    await expect(push('https://github.example')).rejects.toMatchObject({ code: 'github-permission' });
    expect(authorizations().at(-1)).toBe('basic left-behind');
  });

  it('a branch that is not there cannot be fetched', async () => {
    await expect(remoteOf().fetch(['+refs/heads/x:refs/remotes/origin/x'])).rejects.toMatchObject({
      code: 'git-failed',
      message: expect.stringContaining("couldn't find remote ref"),
    });
  });
});
