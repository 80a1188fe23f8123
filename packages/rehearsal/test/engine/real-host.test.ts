// The engine on the GitHub double itself: events, git over HTTP with job tokens, run requests.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '@headgate/kit/clock';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createEngine, type Engine } from '../../src/engine/engine.js';
import { startGitHub } from '../../src/github/host.js';
import type { RunState } from '../../src/model.js';
import { settingsOf } from '../support/host.js';
import { conclusions, jobNamed, repository } from '../support/rehearsal.js';

const workflow = `
on:
  push: { branches: [develop] }
  pull_request:
permissions: {}
jobs:
  read:
    permissions: { contents: read }
    runs-on: x
    steps:
      - uses: actions/checkout@v7
        with: { fetch-depth: 0 }
      - run: |
          echo "head $(git log -1 --format=%s) of $(git rev-list --count HEAD), on '$(git branch --show-current)'"
          git ls-remote -q origin > /dev/null && echo credentials work
          curl -sf -H "Authorization: Bearer $TOKEN" "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY" | grep -o '"full_name": *"[^"]*"' | head -1
        env: { TOKEN: "\${{ github.token }}" }
  nothing:
    permissions: {}
    runs-on: x
    steps: [{ uses: actions/checkout@v7 }]
`;

describe('the engine on the GitHub double', () => {
  let root: string;
  let host: Awaited<ReturnType<typeof startGitHub>>;
  let engine: Engine;
  let handled: Promise<readonly RunState[]>[];
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'headgate-engine-'));
    host = await startGitHub({ directory: join(root, 'github'), clock: systemClock });
    await host.addRepository(settingsOf(repository));
    engine = createEngine({
      host,
      workDirectory: join(root, 'runner'),
      node: process.execPath,
      environment: { PATH: process.env['PATH'] ?? '', HOME: root },
      clock: systemClock,
    });
    handled = [];
    host.onEvent((event) => void handled.push(engine.handle(event)));
  });
  afterEach(async () => {
    await engine.close();
    await host.close();
    rmSync(root, { recursive: true, force: true });
  });

  const finished = async (): Promise<readonly RunState[]> => {
    const runs = (await Promise.all(handled)).flat();
    return Promise.all(runs.map(({ id }) => engine.finished(id)));
  };

  it('runs a push and a pull request from real git and REST', async () => {
    const ann = host.person('ann', { role: 'admin' });
    const work = join(root, 'work');
    // The server lives in this process: git must not block it.
    const git = async (...args: string[]): Promise<string> =>
      (await promisify(execFile)('git', args, { cwd: work, encoding: 'utf8', timeout: 15_000 })).stdout;
    mkdirSync(join(work, '.github/workflows'), { recursive: true });
    writeFileSync(join(work, '.github/workflows/x.yml'), workflow);
    await git('init', '-q', '-b', 'develop');
    await git('config', 'user.name', ann.identity.name);
    await git('config', 'user.email', ann.identity.email);
    await git('add', '.');
    await git('commit', '-q', '-m', 'first');
    await git('push', '-q', ann.remote(repository), 'develop');
    await git('checkout', '-q', '-b', 'feature/x');
    await git('commit', '-q', '--allow-empty', '-m', 'second');
    await git('push', '-q', ann.remote(repository), 'feature/x');
    await ann.openPullRequest({ repository, head: 'feature/x', base: 'develop', title: 'x' });
    const head = await git('rev-parse', 'HEAD');
    const [push, pull] = await finished();

    expect(push?.event.name).toBe('push');
    expect(pull?.event.name).toBe('pull_request');
    for (const run of [push, pull]) {
      if (run === undefined) throw new Error('a run is missing');
      expect(run.problem).toBeUndefined();
      expect(conclusions(run)).toEqual({ read: 'success', nothing: 'failure' });
      expect(jobNamed(run, 'read').log).toContain('credentials work');
      expect(jobNamed(run, 'read').log).toContain('"full_name":"acme/shop"');
      expect(jobNamed(run, 'nothing').log).toContain('git fetch ended with 128');
    }
    expect(push === undefined ? '' : jobNamed(push, 'read').log).toContain("head first of 1, on 'develop'");
    expect(pull === undefined ? '' : jobNamed(pull, 'read').log).toContain("of 3, on ''");
    expect(pull).toMatchObject({
      headBranch: 'feature/x',
      headRepository: repository,
      headSha: head.trim(),
    });
    expect(host.violations).toEqual([]);
  });
});
