// The gate over HTTP against the rehearsal's GitHub: permissions, entity tags, the allowance and a real merge commit.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActionResult } from '@headgate/kit/action';
import type { Clock } from '@headgate/kit/clock';
import { connectGitHub } from '@headgate/kit/github';
import { createHttp } from '@headgate/kit/http';
import { createFakeClock, type FakeClock } from '@headgate/kit/testing/clock';
import { createTestContext, createTestDeps } from '@headgate/kit/testing/deps';
import { startGitHub } from '@headgate/rehearsal/github/host';
import type { Person } from '@headgate/rehearsal/github/social';
import type { Permissions, RunState } from '@headgate/rehearsal/model';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Inputs } from '../src/inputs.js';
import { run } from '../src/run.js';
import { approve, digits, gateInputs } from './scene.js';

const bot = 'github-actions[bot]';
const repository = 'acme/shop';
const hour = 3_600_000;

let folder: string;
let clock: FakeClock;
let host: Awaited<ReturnType<typeof startGitHub>>;
let people: Readonly<Record<'max' | 'dana' | 'ada' | 'linus' | 'grace' | 'mallory', Person>>;
let sha: string;
let pull: number;
let runId: number;

/** What people do while the gate sleeps: one act at each sleep. */
const acts: (() => Promise<unknown>)[] = [];
const lively: Clock = {
  now: () => clock.now(),
  async sleep(ms, signal) {
    await clock.sleep(ms, signal);
    await acts.shift()?.();
  },
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-gate-'));
  clock = createFakeClock(Date.UTC(2026, 10, 21, 10));
  host = await startGitHub({ directory: folder, clock });
  const person = (login: string): Person => host.person(login, { role: 'write' });
  people = {
    max: host.person('max', { role: 'admin' }),
    dana: person('dana'),
    ada: person('ada'),
    linus: person('linus'),
    grace: person('grace'),
    mallory: person('mallory'),
  };
  await host.addRepository({
    owner: 'acme',
    name: 'shop',
    defaultBranch: 'develop',
    variables: {},
    secrets: {},
    environments: {},
    protectedBranches: [],
  });
  seed(host.gitDirectory(repository));
  const opened = await people.dana.openPullRequest({
    repository,
    head: 'release/1.0.0',
    base: 'master',
    title: 'Release 1.0.0',
  });
  pull = opened.number;
  sha = (await people.max.merge({ repository, number: pull })).sha;
  runId = addRun('push', { headBranch: 'master', headSha: sha, status: 'in_progress', conclusion: null }).id;
}, 60_000);

afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
  expect(host.violations).toEqual([]);
});

/** master with one commit, and release/1.0.0 with one more. */
function seed(directory: string): void {
  const commit = (branch: string, mark: number, text: string, from: string): string =>
    `commit refs/heads/${branch}\nmark :${mark}\ncommitter Dana <dana@example.com> 1763719200 +0000\ndata ${text.length}\n${text}\n${from}M 100644 inline ${text}.txt\ndata 2\nx\n\n`;
  const input =
    commit('master', 1, 'First', '') +
    commit('release/1.0.0', 2, 'Second', 'from :1\n') +
    'reset refs/heads/develop\nfrom :1\n\n';
  execFileSync('git', ['fast-import', '--quiet'], { cwd: directory, input });
}

function addRun(event: string, more: Partial<RunState>): RunState {
  const state: RunState = {
    id: host.nextId(),
    repository,
    number: 1,
    attempt: 1,
    workflowName: 'delivery',
    workflowPath: '.github/workflows/delivery.yml',
    event: { name: event, repository, ref: 'refs/heads/master', sha, actor: 'max', payload: {}, fork: false },
    headBranch: 'develop',
    headSha: sha,
    headRepository: repository,
    referencedWorkflows: [],
    status: 'completed',
    conclusion: 'failure',
    createdAt: clock.now(),
    completedAt: null,
    jobs: [],
    ...more,
  };
  host.runs.set(state.id, state);
  return state;
}

const gatePermissions: Permissions = {
  actions: 'read',
  contents: 'read',
  issues: 'write',
  'pull-requests': 'write',
};

/** One step of a job, with a token of exactly these permissions. */
async function step(inputs: Inputs, permissions: Permissions, context: object = {}): Promise<ActionResult> {
  const token = host.grantToken({ repository, permissions, login: bot, jobToken: true });
  const here = createTestContext({
    sha,
    runId,
    ref: 'refs/heads/master',
    actor: 'max',
    triggeringActor: 'max',
    workflowRef: `${repository}/.github/workflows/delivery.yml@refs/heads/master`,
    ...context,
  });
  const options = { apiUrl: host.apiUrl, repository: here.repository, http: createHttp(), retries: 0 };
  const deps = createTestDeps({ context: here, connectGitHub: (given) => connectGitHub(given, options) });
  return await run({ ...inputs, token }, { ...deps, clock: lively });
}

const gate = (mode: 'request' | 'wait', more: object = {}, context: object = {}): Promise<ActionResult> =>
  step({ ...gateInputs, ...more, mode }, gatePermissions, context);
const say = (login: keyof typeof people, body: string): Promise<{ readonly id: number }> =>
  people[login].comment({ repository, number: pull, body });
const charged = (): number =>
  host.requests.filter((request) => request.charged && request.login === bot).length;

async function botComments(): Promise<readonly string[]> {
  const { data } = await people.max.request(
    'GET',
    `/repos/${repository}/issues/${pull}/comments?per_page=100`,
  );
  return (data as { body: string; user: { login: string } }[])
    .filter(({ user }) => user.login === bot)
    .map(({ body }) => body);
}

describe('the gate on GitHub', () => {
  it('asks once on the merged pull request, and excludes who opened and who merged it', async () => {
    const first = await gate('request');
    const second = await gate('request', {}, { runAttempt: 2 });

    const [request, ...others] = await botComments();
    expect(others).toEqual([]);
    expect(first.outputs['asked']).toBe('true');
    expect(second.outputs).toEqual({ ...first.outputs, asked: 'false' });
    expect(request).toContain('`dana` (opened the pull request)');
    expect(request).toContain(approve);
    expect(first.outputs['url']).toContain(`/pull/${pull}#issuecomment-`);
  });

  it('parks after five hours that cost next to nothing', async () => {
    const before = charged();

    const parked = await gate('wait', { parkAfter: 5 * hour, interval: 60_000 });

    expect(parked.failure?.code).toBe('parked');
    expect(charged() - before).toBeLessThanOrEqual(12);
  }, 120_000);

  it('goes on after a comment by somebody who was asked', async () => {
    const state = host.runs.get(runId);
    if (state === undefined) throw new Error('the run is gone');
    Object.assign(state, { status: 'completed', conclusion: 'failure', completedAt: clock.now() });
    const own = addRun('issue_comment', { headBranch: 'develop', status: 'in_progress', conclusion: null });
    const asked: unknown[] = [];
    host.onRunRequest((request) => asked.push(request));
    const event = {
      action: 'created',
      issue: { number: pull },
      comment: { body: approve, user: { login: 'ada', type: 'User' } },
    };
    const inputs: Inputs = { mode: 'resume', token: '', bot, productionBranch: 'master' };

    const resumed = await step(
      inputs,
      { actions: 'write', issues: 'read' },
      { eventName: 'issue_comment', event, runId: own.id },
    );

    expect(resumed.outputs['resumed']).toBe('true');
    expect(asked).toMatchObject([{ kind: 'rerun-failed', runId }]);
  });

  it('refuses what does not count with one reply each, and lets two people of two groups through', async () => {
    let edited = 0;
    acts.push(
      () => say('dana', approve),
      () => say('mallory', approve),
      async () => {
        edited = (await say('linus', 'Let me see.')).id;
      },
      async () => {
        clock.advance(5000);
        await people.linus.editComment({ repository, id: edited, body: approve });
      },
      () => say('ada', `> ${approve}`),
      () => say('ada', approve),
      () => say('linus', `${approve} after a look at the plan`),
    );

    const result = await gate('wait', {}, { runAttempt: 2, triggeringActor: bot });

    const replies = (await botComments()).filter((body) => body.startsWith('<!-- headgate-approval reply'));
    expect(result.outputs['decision']).toBe('approved');
    expect(JSON.parse(String(result.outputs['approvers']))).toMatchObject([
      { login: 'ada', group: 'engineering' },
      { login: 'linus', group: 'operations' },
    ]);
    expect(replies).toHaveLength(4);
    for (const why of ['took part', 'none of the groups', 'was edited', 'in a quote'])
      expect(replies.filter((body) => body.includes(why))).toHaveLength(1);
  }, 120_000);

  it('keeps its decision in another attempt, and says nothing twice', async () => {
    const before = await botComments();

    const again = await gate('wait', {}, { runAttempt: 3, triggeringActor: 'ada' });

    expect(again.outputs['decision']).toBe('approved');
    expect(await botComments()).toEqual(before);
  });

  it('asks anew for another subject, which an objection ends', async () => {
    const subject = `sha256:${'f'.repeat(64)}`;
    await gate('request', { subject }, { runAttempt: 4 });
    acts.push(
      () => say('grace', `/reject ${digits}`),
      () => say('grace', `/reject ${'f'.repeat(12)} the plan is wrong`),
    );

    const result = await gate('wait', { subject }, { runAttempt: 4 });

    expect(result.failure?.code).toBe('rejected');
    expect((await botComments()).at(-1)).toContain('**Rejected**');
  }, 60_000);

  it('names the permission that is missing', async () => {
    const inputs: Inputs = { ...gateInputs, mode: 'request', subject: `sha256:${'d'.repeat(64)}` };

    await expect(
      step(inputs, { ...gatePermissions, issues: 'read', 'pull-requests': 'read' }),
    ).rejects.toMatchObject({
      code: 'github-permission',
      hint: expect.stringContaining('issues: write'),
    });
  });
});
