// Going on after a comment: only our own request, only its run, and only when that run can go on.
import type { ActionResult } from '@headgate/kit/action';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../src/run.js';
import { bot, pullNumber } from './forge.js';
import { approve, digits, openScene, type Scene } from './scene.js';

const runRoute = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}';
const rerunRoute = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs';
type Run = Readonly<Record<string, unknown>>;

let scene: Scene;
let reruns: unknown[];
let runs: Map<number, Run>;
beforeEach(async () => {
  scene = openScene();
  reruns = [];
  runs = new Map<number, Run>([
    [1000, runOf({ id: 1000 })],
    [
      5000,
      runOf({
        id: 5000,
        event: 'issue_comment',
        status: 'in_progress',
        conclusion: null,
        head_branch: 'develop',
      }),
    ],
  ]);
  scene.forge.on(runRoute, ({ run_id: id }) => runs.get(Number(id)));
  scene.forge.on(rerunRoute, ({ run_id: id }) => {
    reruns.push(id);
    return {};
  });
  await scene.request();
  await scene.wait({ parkAfter: 60_000 });
});

function runOf(more: Run): Run {
  return {
    html_url: 'https://github.com/acme/shop/actions/runs/1000',
    event: 'push',
    status: 'completed',
    conclusion: 'failure',
    path: '.github/workflows/delivery.yml',
    head_branch: 'master',
    run_attempt: 1,
    created_at: '2026-01-01T00:00:00Z',
    repository: { id: 1 },
    head_repository: { id: 1 },
    ...more,
  };
}

interface Said {
  readonly login?: string;
  readonly type?: string;
  readonly body?: string;
  readonly action?: string;
  readonly eventName?: string;
  readonly thread?: number;
}

const resume = (said: Said = {}, productionBranch = ''): Promise<ActionResult> => {
  const { login = 'ada', type = 'User', body = approve, action = 'created', thread = pullNumber } = said;
  const event = { action, issue: { number: thread }, comment: { id: 1, body, user: { login, type } } };
  const context = { eventName: said.eventName ?? 'issue_comment', event, runId: 5000 };
  return run({ mode: 'resume', token: 'token', bot, productionBranch }, scene.depsOf(context));
};

describe('a comment', () => {
  it('makes the parked run go on, and decides nothing', async () => {
    const result = await resume();

    expect(result.outputs['resumed']).toBe('true');
    expect(reruns).toEqual([1000]);
  });

  it.each<[string, Said]>([
    ['an objection', { body: `/reject ${digits}` }],
    ['a command without digits, which the run answers', { body: '/approve' }],
    ['a command with other digits, which the run answers', { body: '/approve ffffffffffff' }],
  ])('wakes the run too when it is %s', async (_name, said) => {
    expect((await resume(said)).outputs['resumed']).toBe('true');
  });

  it.each<[string, Said]>([
    ['talk', { body: 'thanks' }],
    ['by a bot', { login: 'helper[bot]', type: 'Bot' }],
    ['by somebody who was not asked', { login: 'mallory' }],
    ['in another thread', { thread: 8 }],
    ['edited, not new', { action: 'edited' }],
    ['of another event', { eventName: 'issues' }],
  ])('that is %s wakes nothing, and is no failure', async (_name, said) => {
    expect((await resume(said)).outputs['resumed']).toBe('false');
    expect(reruns).toEqual([]);
  });

  it('wakes nothing when the request is only quoted by a person', async () => {
    const text = scene.forge.comments[0]?.body ?? '';
    scene.forge.say('ada', text.replace('1000', '2000'), 8);

    expect((await resume({ thread: 8 })).outputs['resumed']).toBe('false');
  });

  it('wakes nothing that was decided', async () => {
    scene.forge.say('grace', `/reject ${digits}`);
    await scene.wait({}, { runAttempt: 2 });

    expect((await resume()).outputs['resumed']).toBe('false');
  });

  it('leaves a run alone that is waiting by itself', async () => {
    runs.set(1000, runOf({ id: 1000, status: 'in_progress', conclusion: null, run_attempt: 2 }));

    expect((await resume()).outputs['resumed']).toBe('false');
    expect(scene.deps.core.lines.at(-1)).toContain('is waiting by itself');
  });

  it('waits for a run to end that has just parked', async () => {
    let looks = 0;
    scene.forge.on(runRoute, ({ run_id: id }) => {
      looks += id === 1000 ? 1 : 0;
      return id === 1000 && looks < 5
        ? runOf({ id: 1000, status: 'in_progress', conclusion: null })
        : runs.get(Number(id));
    });

    expect((await resume()).outputs['resumed']).toBe('true');
    expect(scene.clock.sleeps.slice(-4)).toEqual([10_000, 10_000, 10_000, 10_000]);
  });

  it('leaves a run alone that found its approval in the moment it parked', async () => {
    scene.forge.on(runRoute, () => runOf({ id: 1000, status: 'in_progress', conclusion: null }));
    const [request] = scene.forge.comments;
    const nonce = /end ([0-9a-f]{16})|parked ([0-9a-f]{16})/.exec(scene.replies().join('\n'))?.[2] ?? '';
    const before = scene.forge.before;
    scene.forge.before = (route) => {
      before(route);
      if (route === runRoute && scene.forge.comments.at(-1)?.body.includes(' end ') === false)
        scene.forge.say(bot, `<!-- headgate-approval end ${nonce} approved -->\nApproved`);
    };

    expect((await resume()).outputs['resumed']).toBe('false');
    expect(request?.login).toBe(bot);
    expect(reruns).toEqual([]);
  });

  it('has nothing to do when another comment was quicker', async () => {
    scene.forge.on(rerunRoute, () => {
      runs.set(1000, runOf({ id: 1000, status: 'queued', conclusion: null, run_attempt: 2 }));
      throw scene.failure(403);
    });

    expect((await resume()).outputs['resumed']).toBe('true');
  });
});

describe('a run', () => {
  it.each<[string, Run, string]>([
    ['of a fork', { head_repository: { id: 2 } }, 'another repository'],
    ['without a repository', { head_repository: null }, 'another repository'],
    ['of another repository', { repository: { id: 2 }, head_repository: { id: 2 } }, 'belongs to another'],
    ['of a pull request', { event: 'pull_request' }, 'not by a push or by hand'],
    ['of another branch', { head_branch: 'develop' }, 'not the one that the request names'],
    ['of another workflow', { path: '.github/workflows/other.yml' }, 'from the workflow'],
    ['that succeeded', { conclusion: 'success' }, 'ended as success'],
    ['that was cancelled', { conclusion: 'cancelled' }, 'ended as cancelled'],
    ['of 30 days ago', { created_at: '2025-12-02T00:00:00Z' }, 'older than 30 days'],
    ['of 50 attempts', { run_attempt: 50 }, 'attempts'],
  ])('%s is not run again, and the comment’s run says why', async (_name, more, why) => {
    runs.set(1000, runOf({ id: 1000, ...more }));

    await expect(resume()).rejects.toMatchObject({
      code: 'not-resumable',
      message: expect.stringContaining(why),
      outputs: { resumed: 'false' },
    });
    expect(reruns).toEqual([]);
  });

  it('of another branch than the production branch is not run again', async () => {
    await expect(resume({}, 'main')).rejects.toMatchObject({
      message: expect.stringContaining('master is not main'),
    });
  });
});
