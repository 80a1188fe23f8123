// A run that parks itself, and a comment that resumes it: the engine on the GitHub double itself.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

const delivery = (root: string): string => `on: { push: { branches: [master] } }
permissions: {}
jobs:
  request: { runs-on: x, steps: [{ run: "echo x >> ${root}/requested" }] }
  wait: { needs: request, runs-on: x, steps: [{ run: "test -e ${root}/approved" }] }
  slow: { runs-on: x, steps: [{ run: "touch ${root}/begun; while test ! -e ${root}/go; do sleep 0.05; done" }] }
`;

const resume = (root: string): string => `on: { issue_comment: { types: [created] } }
permissions: {}
jobs:
  resume:
    if: startsWith(github.event.comment.body, '/approve ') && github.event.comment.user.type == 'User'
    permissions: { actions: write, issues: read }
    runs-on: x
    steps:
      - run: |
          echo "on $GITHUB_REF at $GITHUB_SHA by $GITHUB_ACTOR"
          api="$GITHUB_API_URL/repos/$GITHUB_REPOSITORY"
          run="$(cat ${root}/run)"
          ask() { curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $TOKEN" "$@"; }
          echo "contents $(ask "$api/branches"), comment $(ask -d '{"body":"x"}' "$api/issues/1/comments")"
          echo "resumed $(ask -X POST "$api/actions/runs/$run/rerun-failed-jobs")"
        env: { TOKEN: "\${{ github.token }}" }
`;

describe('a comment', () => {
  let root: string;
  let host: Awaited<ReturnType<typeof startGitHub>>;
  let engine: Engine;
  let handled: Promise<readonly RunState[] | RunState>[];
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'headgate-resume-'));
    host = await startGitHub({ directory: join(root, 'github'), clock: systemClock });
    await host.addRepository(settingsOf(repository, { defaultBranch: 'master' }));
    engine = createEngine({
      host,
      workDirectory: join(root, 'runner'),
      node: process.execPath,
      environment: { PATH: process.env['PATH'] ?? '', HOME: root },
      clock: systemClock,
    });
    handled = [];
    host.onEvent((event) => void handled.push(engine.handle(event)));
    host.onRunRequest(({ runId, login }) => void handled.push(engine.rerun(runId, 'failed', login)));
  });
  afterEach(async () => {
    await engine.close();
    await host.close();
    rmSync(root, { recursive: true, force: true });
  });

  const until = async (holds: () => boolean): Promise<void> => {
    const end = Date.now() + 20_000;
    while (!holds() && Date.now() < end) await systemClock.sleep(20);
    expect(holds()).toBe(true);
  };

  const pushed = async (): Promise<{ run: RunState; sha: string }> => {
    const work = join(root, 'work');
    const ann = host.person('ann', { role: 'admin' });
    mkdirSync(join(work, '.github/workflows'), { recursive: true });
    writeFileSync(join(work, '.github/workflows/delivery.yml'), delivery(root));
    writeFileSync(join(work, '.github/workflows/resume.yml'), resume(root));
    const git = async (...args: string[]): Promise<string> =>
      (await promisify(execFile)('git', args, { cwd: work, encoding: 'utf8', timeout: 15_000 })).stdout;
    await git('init', '-q', '-b', 'master');
    await git('config', 'user.name', 'ann');
    await git('config', 'user.email', ann.identity.email);
    await git('add', '.');
    await git('commit', '-q', '-m', 'first');
    await git('push', '-q', ann.remote(repository), 'master');
    const [run] = (await handled[0]) as readonly RunState[];
    if (run === undefined) throw new Error('the push started no run');
    return { run, sha: (await git('rev-parse', 'HEAD')).trim() };
  };

  const commented = async (login: string, body: string): Promise<RunState> => {
    const before = handled.length;
    await host.person(login, { role: 'write' }).comment({ repository, number: 1, body });
    const [run] = (await handled[before]) as readonly RunState[];
    if (run === undefined) throw new Error('the comment started no run');
    return engine.finished(run.id);
  };

  it('starts a run on the default branch while another goes on, and may resume a parked one', async () => {
    const { run, sha } = await pushed();
    writeFileSync(join(root, 'run'), String(run.id));
    await host.person('ann', { role: 'admin' }).openIssue({ repository, title: 'Approval' });
    await until(() => existsSync(join(root, 'begun')));

    const early = await commented('bea', '/approve 0123456789ab');
    expect(jobNamed(early, 'resume').log).toContain(`on refs/heads/master at ${sha} by bea`);
    // Nothing but what the job was given; and a run that goes on is not run again.
    expect(jobNamed(early, 'resume').log).toContain('contents 403, comment 403');
    expect(jobNamed(early, 'resume').log).toContain('resumed 403');
    expect(run.status).toBe('in_progress');

    writeFileSync(join(root, 'go'), '');
    await engine.finished(run.id);
    expect(conclusions(run)).toEqual({ request: 'success', wait: 'failure', slow: 'success' });
    expect(conclusions(await commented('helper[bot]', '/approve 0123456789ab'))).toEqual({
      resume: 'skipped',
    });

    writeFileSync(join(root, 'approved'), '');
    const late = await commented('bea', '/approve 0123456789ab');
    await Promise.all(handled);
    await engine.finished(run.id);
    expect(jobNamed(late, 'resume').log).toContain('resumed 201');
    expect(conclusions(run)).toEqual({ wait: 'success' });
    expect(run).toMatchObject({ attempt: 2, conclusion: 'success', triggeringActor: 'github-actions[bot]' });
    expect(host.violations).toEqual([]);
  });
});
