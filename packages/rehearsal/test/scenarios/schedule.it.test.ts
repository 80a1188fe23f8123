// The clock: the real workflows and bundle look for drift, in a repository that no engine and no registry serves.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@headgate/kit/clock';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createEngine, type Engine } from '../../src/engine/engine.js';
import { startGitHub } from '../../src/github/host.js';
import type { RunState } from '../../src/model.js';
import { settingsOf } from '../support/host.js';
import { conclusions } from '../support/rehearsal.js';
import { checkout, staleBundles } from './tools.js';

const stale = await staleBundles(['git-flow']);
if (stale.length > 0) process.stderr.write('skipped: schedule: out of date (npm run build): git-flow\n');
const suite = stale.length > 0 ? describe.skip : describe;

const repository = 'acme/shop';
const delivery = readFileSync(join(checkout, 'examples/shop/.github/workflows/delivery.yml'), 'utf8');

suite('a schedule', () => {
  let folder: string;
  let host: Awaited<ReturnType<typeof startGitHub>>;
  let engine: Engine;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'headgate-schedule-'));
    host = await startGitHub({ directory: join(folder, 'github'), clock: systemClock });
    await host.addRepository(settingsOf('headgate/headgate', { defaultBranch: 'v1' }));
    await host.addRepository(settingsOf(repository));
    seed('headgate/headgate', 'v1', (work) => {
      for (const path of [
        '.github/workflows',
        'packages/git-flow/action.yml',
        'packages/git-flow/dist',
        'packages/kit/dist',
      ])
        cpSync(join(checkout, path), join(work, path), { recursive: true });
    });
    seed(repository, 'develop', (work) => {
      mkdirSync(join(work, '.github/workflows'), { recursive: true });
      writeFileSync(join(work, '.github/workflows/delivery.yml'), delivery);
      writeFileSync(join(work, 'headgate.yml'), 'application: shop\nimages: {shop: {}}\n');
      writeFileSync(join(work, 'Dockerfile'), 'FROM scratch\n');
    });
    engine = createEngine({
      host,
      workDirectory: join(folder, 'runner'),
      node: process.env['HEADGATE_NODE24'] ?? process.execPath,
      environment: { PATH: process.env['PATH'] ?? '', HOME: folder },
      clock: systemClock,
    });
  });

  afterEach(async () => {
    await engine.close();
    await host.close();
    rmSync(folder, { recursive: true, force: true });
    expect(host.violations).toEqual([]);
  });

  const git = (cwd: string, ...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=Dana', '-c', 'user.email=dana@example.com', ...args], {
      cwd,
      encoding: 'utf8',
    }).trim();

  /** One commit on a branch of a repository that nobody serves yet. */
  function seed(name: string, branch: string, fill: (work: string) => void): void {
    const work = join(folder, 'work', name);
    mkdirSync(work, { recursive: true });
    git(work, 'init', '--quiet', '--initial-branch', branch);
    fill(work);
    git(work, 'add', '--all', '--force');
    git(work, 'commit', '--quiet', '--message', 'first');
    git(work, 'push', '--quiet', host.gitDirectory(name), branch);
  }

  async function strike(): Promise<RunState> {
    const sha = git(host.gitDirectory(repository), 'rev-parse', 'refs/heads/develop');
    const payload = { schedule: '23 4 * * *' };
    const event = {
      repository,
      name: 'schedule',
      ref: 'refs/heads/develop',
      sha,
      actor: 'ann',
      payload,
      fork: false,
    };
    const [run] = await engine.handle(event);
    if (run === undefined) throw new Error('no run was started');
    return engine.finished(run.id);
  }

  async function issues(): Promise<readonly { state: string; body: string }[]> {
    const ann = host.person('ann', { role: 'admin' });
    const { data } = await ann.request('GET', `/repos/${repository}/issues?state=all`);
    return data as { state: string; body: string }[];
  }

  it('opens one issue for what did not come back, and closes it when it has', async () => {
    const work = join(folder, 'work', repository);
    git(work, 'branch', 'master');
    git(work, 'push', '--quiet', host.gitDirectory(repository), 'master');

    const quiet = await strike();
    expect(conclusions(quiet)).toMatchObject({
      'flow / decide': 'success',
      'flow / drift / back-merge': 'success',
      'flow / result (schedule)': 'success',
      'flow / collect': 'skipped',
    });
    expect(quiet.conclusion).toBe('success');
    expect(await issues()).toEqual([]);

    git(work, 'checkout', '--quiet', 'master');
    git(work, 'commit', '--quiet', '--allow-empty', '--message', 'Fix the till');
    git(work, 'push', '--quiet', host.gitDirectory(repository), 'master');
    expect((await strike()).conclusion).toBe('success');
    expect(await issues()).toEqual([
      expect.objectContaining({ state: 'open', body: expect.stringContaining('Fix the till') }),
    ]);

    git(work, 'push', '--quiet', host.gitDirectory(repository), 'master:develop');
    expect((await strike()).conclusion).toBe('success');
    expect(await issues()).toEqual([expect.objectContaining({ state: 'closed' })]);
  });
});
